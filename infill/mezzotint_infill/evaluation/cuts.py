"""Cuts holes out of real Python source, at the places where editors make them.

Pure: text and a random number generator in, cuts out; the same in always gives the same out.
Knows no model and no tokens, and reads no files.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from keyword import kwlist
from math import exp, log
from random import Random
from typing import TypeAlias

from mezzotint_infill.evaluation.source import Line, Source
from mezzotint_infill.hole import Hole, HoleKind

_Span: TypeAlias = tuple[int, int]
"""Start and end of a hole, as offsets into the text."""

_TRIES = 8
"""Places looked at before a file is given up: most are good at once."""
_SPAN_CHARS = (4, 200)
_PAUSE_SHARE = 0.8
"""How many rest-of-line cursors stand where people pause; the others stand anywhere."""
_INDENTED_SHARE = 0.75
"""How many whole-line cursors stand behind the indentation, where editors put them."""

_LATER_SHARE = 0.5
"""How many holes inside a word go on behind the word's end."""

_WORD = re.compile(r"[^\W\d]\w{2,}")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PAUSE = re.compile(rf"[ (\[{{.=]+|\b(?:{'|'.join(kwlist)})\b")
_NOTHING = re.compile(r"[\s)\]},:;\"']*")
"""Only white space and closers: an editor types these by itself."""


class CutKind(Enum):
    """How a hole was made."""

    REST_OF_LINE = "rest of a line"
    """From a cursor behind some code to the end of its line."""
    LINE = "line"
    """The code of a line, the line break after it kept."""
    BLOCK = "block"
    """Two to six lines: whole statements at one indentation with all below them."""
    WORD = "inside a word"
    """From inside a name to the name's end, or to a later point of the line."""
    SPAN = "span"
    """A stretch of up to 200 characters from anywhere to anywhere."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A file with a hole, and what was there: ``prefix + middle + suffix`` is the file."""

    kind: CutKind
    path: str
    prefix: str
    middle: str
    suffix: str

    @property
    def text(self) -> str:
        return self.prefix + self.middle + self.suffix

    @property
    def hole(self) -> Hole:
        return Hole(self.prefix, self.suffix, "python", self.hole_kind)

    @property
    def hole_kind(self) -> HoleKind:
        """What a language server would ask for here, which sees only both sides."""
        match self.kind:
            case CutKind.REST_OF_LINE:
                return HoleKind.REST_OF_LINE
            case CutKind.LINE:
                return HoleKind.LINE
            case CutKind.BLOCK:
                return HoleKind.BLOCK
            case CutKind.WORD if self.ends_with_line:
                return HoleKind.REST_OF_LINE
            case CutKind.WORD:
                return HoleKind.PART_OF_LINE
            case CutKind.SPAN:
                return HoleKind.REGION

    @property
    def ends_with_line(self) -> bool:
        """Whether nothing follows the hole on its line."""
        return not self.suffix.partition("\n")[0].strip()


def cut_source(source: Source, kind: CutKind, random: Random, *, path: str = "") -> Cut | None:
    """One hole of a kind in a file; ``None`` if no good place for it was found."""
    for _ in range(_TRIES):
        span = _SPANS[kind](source, random)
        if span is None:
            continue
        start, end = span
        middle = source.text[start:end]
        if not _NOTHING.fullmatch(middle):
            return Cut(kind, path, source.text[:start], middle, source.text[end:])
    return None


def _rest_of_line(source: Source, random: Random) -> _Span | None:
    line = _any_line(source, random)
    if line is None or line.end - line.code < 2:
        return None
    if random.random() < _PAUSE_SHARE:
        pauses = _ends(_PAUSE, source, line.code, line.end - 1)
        return (random.choice(pauses), line.end) if pauses else None
    return random.randrange(line.code + 1, line.end), line.end


def _line(source: Source, random: Random) -> _Span | None:
    line = _any_line(source, random)
    return (_cursor_before(line, random), line.end) if line else None


def _block(source: Source, random: Random) -> _Span | None:
    if not source.blocks:
        return None
    first, after_last = random.choice(source.blocks)
    return _cursor_before(source.lines[first], random), source.lines[after_last - 1].end


def _word(source: Source, random: Random) -> _Span | None:
    line = _any_line(source, random)
    words = list(_WORD.finditer(source.text, line.code, line.end)) if line else []
    if line is None or not words:
        return None
    word = random.choice(words)
    cursor = random.randrange(word.start() + 1, word.end())
    later = _ends(_TOKEN, source, word.end(), line.end - 1)
    if later and random.random() < _LATER_SHARE:
        return cursor, random.choice(later)
    return cursor, word.end()


def _span(source: Source, random: Random) -> _Span | None:
    line = _any_line(source, random)
    if line is None:
        return None
    start = random.randrange(line.start, line.end)
    length = round(exp(random.uniform(*map(log, _SPAN_CHARS))))
    end = min(start + length, len(source.text))
    is_code = source.is_code(source.line_at(start), source.line_at(end))
    return (start, end) if is_code else None


def _any_line(source: Source, random: Random) -> Line | None:
    return source.lines[random.choice(source.code_lines)] if source.code_lines else None


def _cursor_before(line: Line, random: Random) -> int:
    return line.code if random.random() < _INDENTED_SHARE else line.start


def _ends(pattern: re.Pattern[str], source: Source, start: int, end: int) -> list[int]:
    return [match.end() for match in pattern.finditer(source.text, start, end)]


_SPANS: Mapping[CutKind, Callable[[Source, Random], _Span | None]] = {
    CutKind.REST_OF_LINE: _rest_of_line,
    CutKind.LINE: _line,
    CutKind.BLOCK: _block,
    CutKind.WORD: _word,
    CutKind.SPAN: _span,
}
