"""How much of a long text is looked at: a stretch around a place that begins and ends at definitions.

Its bounds are looked for near marks that are counted from the text's own start and end, so that
they stay where they are while somebody types between them. Knows no tokens.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from mezzotint_grammars import language_for
from mezzotint_grammars.definitions import definitions_alone
from mezzotint_grammars.lines import line_at
from mezzotint_grammars.long_tokens import LongTokens
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax

_STRIDES = 4
"""Marks in one reach. A bound moves by one mark at a time, so at least three quarters, less the way
to a definition and out of a string, are always seen; and it takes a quarter of the reach of typing to move it again."""


class Bound(Enum):
    """Why a window begins or ends where it does."""

    FILE = "the file's edge"
    DEFINITION = "a definition"
    LINE = "a line, no definition being near"
    CHARACTER = "the middle of a long line"


@dataclass(frozen=True, slots=True)
class Reach:
    """The most characters on each side that a window shows."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at of a text."""

    start: int
    end: int
    starts_at: Bound
    ends_at: Bound


def window_around(
    text: str, hole: Span, language_id: str, reach: Reach, tokens: LongTokens | None = None
) -> Window:
    """The window around a piece of a text, which is all in it.

    ``tokens`` are the text's own, for whoever asks again while it is typed in.
    """
    tokens = tokens or LongTokens()
    start, starts_at = _start(text, hole.start, language_id, reach.before, tokens)
    end, ends_at = _end(text, hole.end, language_id, reach.after)
    return Window(start, end, starts_at, ends_at)


def _start(
    text: str, place: int, language_id: str, reach: int, tokens: LongTokens
) -> tuple[int, Bound]:
    if place <= reach:
        return 0, Bound.FILE
    stride = reach // _STRIDES
    mark = -(-(place - reach) // stride) * stride
    line = text.find("\n", mark - 1, mark + stride) + 1
    if not line:
        return mark, Bound.CHARACTER
    token = tokens.open_at(text, line, language_id)
    if token is None:
        return _at_definition(text, line, mark + stride, language_id)
    close = token.end_in(text, line)
    if close is None or close > place:
        # The hole is in it itself: it is not known for what it is without its beginning.
        opening = text.rfind("\n", 0, token.start) + 1
        return (opening if place - opening <= 2 * reach else line), Bound.LINE
    line = text.find("\n", close - 1, place) + 1 or close
    return _at_definition(text, line, max(mark, min(line, place - stride)) + stride, language_id)


def _at_definition(text: str, line: int, end: int, language_id: str) -> tuple[int, Bound]:
    """Where the first of the outer definitions between two places starts, or else the first line."""
    found = _outer_definitions(text[line:end], language_id)
    return (line + found[0], Bound.DEFINITION) if found else (line, Bound.LINE)


def _end(text: str, place: int, language_id: str, reach: int) -> tuple[int, Bound]:
    if len(text) - place <= reach:
        return len(text), Bound.FILE
    stride = reach // _STRIDES
    beyond = -(-(len(text) - place - reach) // stride) * stride
    mark = len(text) - beyond
    first, last = text.find("\n", mark - stride, mark) + 1, text.rfind("\n", place, mark) + 1
    if not first or not last:
        return mark, Bound.CHARACTER
    found = _outer_definitions(text[first:mark], language_id)
    return (first + found[-1], Bound.DEFINITION) if found else (last, Bound.LINE)


@lru_cache(maxsize=64)
def _outer_definitions(piece: str, language_id: str) -> tuple[int, ...]:
    """Where the lines start on which the least indented definitions of a piece do."""
    language = language_for(language_id)
    if language is None:
        return ()
    found = definitions_alone(Syntax.of(piece, language))
    lines = [line_at(piece, one.start) for one in found]
    least = min((line.column for line in lines), default=0)
    return tuple(sorted({line.start for line in lines if line.column == least}))
