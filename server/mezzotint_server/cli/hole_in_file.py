"""The hole that a command line asks for, and the file it is in.

The engine sees line feeds alone, whatever the file has; its answers get the file's own line breaks.
"""

import dataclasses
import sys
from dataclasses import dataclass

from mezzotint_grammars import language_of_path
from mezzotint_grammars.span import Span
from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Fill, Hole
from mezzotint_server.holes import Surroundings, surroundings_of, with_line_feeds
from mezzotint_server.place import Place, parse_position
from mezzotint_server.source_file import LINE_BREAK, SourceFile, counted

MARKER = "‸"
"""Where the hole is in text that comes from standard input."""
STDIN = "-"


@dataclass(frozen=True, slots=True)
class HoleInFile:
    """A stretch of a file that is to be filled; often empty, which is a cursor."""

    file: SourceFile
    start: int
    end: int
    around: Surroundings
    hole: Hole
    line: int
    """The line, counted from 1, that the hole starts in."""

    @property
    def title(self) -> str:
        return f"{self.file.name}:{self.line}" if self.file.path else self.file.name

    def in_own_line_breaks(self, fill: Fill) -> Fill:
        """The fill as it would stand in the file."""
        own = self.file.line_break
        return dataclasses.replace(
            fill,
            text=LINE_BREAK.sub(own, fill.text),
            candidates=tuple(
                dataclasses.replace(candidate, text=LINE_BREAK.sub(own, candidate.text))
                for candidate in fill.candidates
            ),
        )

    def write(self, fill: Fill) -> None:
        """Put the fill in the file. Raises :class:`SourceFileError`."""
        self.file.write(self.start, self.end, fill.text)


def find_hole(place: str, to: str | None) -> HoleInFile:
    """The hole at ``PATH:LINE[:COLUMN]``, or at the marker in standard input.

    Raises :class:`~mezzotint_infill.errors.InfillError`.
    """
    if place == STDIN:
        if to is not None:
            raise BadHoleError(f"--to needs a file; in standard input, {MARKER} alone is the hole.")
        return _at_marker(sys.stdin.buffer.read())
    wanted = Place.parse(place)
    file = SourceFile.read(wanted.path)
    start = file.offset(wanted.line, wanted.column)
    if to is None:
        return _at_cursor(file, start, wanted.line)
    end = file.offset(*parse_position(to))
    if end < start:
        raise BadHoleError(f"--to {to} is before the hole's start at {place}.")
    around = _surroundings(file, start, end)
    return HoleInFile(file, start, end, around, around.region(), wanted.line)


def _at_marker(data: bytes) -> HoleInFile:
    marked = SourceFile.of_bytes(data, "standard input")
    markers = marked.text.count(MARKER)
    if markers == 0:
        raise BadHoleError(f"There is no {MARKER} in standard input to mark the hole.")
    if markers > 1:
        raise BadHoleError(
            f"Standard input has {counted(markers, 'hole mark')} ({MARKER}); it takes exactly one."
        )
    start = marked.text.index(MARKER)
    file = SourceFile.of_bytes(data.replace(MARKER.encode(), b"", 1), "standard input")
    line = 1 + sum(next_line <= start for _, next_line in marked.line_ends[:-1])
    return _at_cursor(file, start, line)


def _at_cursor(file: SourceFile, place: int, line: int) -> HoleInFile:
    around = _surroundings(file, place, place)
    return HoleInFile(file, place, place, around, around.hole_asked_for(), line)


def _surroundings(file: SourceFile, start: int, end: int) -> Surroundings:
    before, between = with_line_feeds(file.text[:start]), with_line_feeds(file.text[start:end])
    place = Span(len(before), len(before) + len(between))
    return surroundings_of(with_line_feeds(file.text), place, _language(file))


def _language(file: SourceFile) -> str:
    if file.path is None:
        return "python"
    language = language_of_path(file.name)
    return language.id if language else "plaintext"
