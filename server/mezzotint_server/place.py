"""Where in a file, as people type it: ``PATH:LINE[:COLUMN]``.

Knows the notation only; whether the place exists is the file's to say.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from mezzotint_server.source_file import SourceFileError

_NUMBER = r"[0-9]{1,9}"
_LINE_AND_COLUMN = re.compile(rf"(?P<path>.+):(?P<line>{_NUMBER}):(?P<column>{_NUMBER})", re.DOTALL)
_LINE = re.compile(rf"(?P<path>.+):(?P<line>{_NUMBER})", re.DOTALL)
_POSITION = re.compile(rf"(?P<line>{_NUMBER})(:(?P<column>{_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, and a column or the end of the line. Both are counted from 1."""

    path: str
    line: int
    column: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Colons in paths are fine: of two readings, the one whose file exists is meant."""
        readings = [
            cls(match["path"], int(match["line"]), _column(match))
            for match in (_LINE_AND_COLUMN.fullmatch(text), _LINE.fullmatch(text))
            if match
        ]
        if not readings:
            raise SourceFileError(f"Say where in the file: {text or 'PATH'}:LINE or :LINE:COLUMN.")
        return next((place for place in readings if _is_there(place.path)), readings[0])


def parse_position(text: str) -> tuple[int, int | None]:
    """``LINE[:COLUMN]``."""
    match = _POSITION.fullmatch(text)
    if not match:
        raise SourceFileError(f"{text} is not a place: say LINE:COLUMN, such as 12:5.")
    return int(match["line"]), _column(match)


def _column(match: re.Match[str]) -> int | None:
    column = match.groupdict().get("column")
    return None if column is None else int(column)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # A name that is too long, a folder that may not be read.
        return False
