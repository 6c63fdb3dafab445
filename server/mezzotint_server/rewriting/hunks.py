"""What has to be replaced where for one text to become another, as little as makes sense.

Lines that stay are left alone, and within those that do not, words. Small hunks keep cursors and
marks in their places. Knows text only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mezzotint_grammars.span import Span

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 4_000
"""Of more, whole lines are replaced: comparing takes the square of their number."""
_LEAST_KEPT = 3
"""Characters between two hunks of a line that are worth keeping them apart."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One piece that is replaced."""

    span: Span
    text: str


def hunks_between(old: str, new: str, at: int = 0) -> tuple[Hunk, ...]:
    """The hunks that make ``old`` into ``new``, in order; ``old`` begins ``at`` characters in."""
    pieces = _different(_LINE.findall(old), _LINE.findall(new), 0)
    found = (hunk for span, text in pieces for hunk in _within(old, span, text))
    return tuple(Hunk(hunk.span.shifted(at), hunk.text) for hunk in found)


def with_hunks(text: str, hunks: Sequence[Hunk]) -> str:
    """The text after all of them, which are in order and told for the text as it is."""
    for hunk in reversed(hunks):
        text = text[: hunk.span.start] + hunk.text + text[hunk.span.end :]
    return text


def _within(old: str, span: Span, new: str) -> Iterator[Hunk]:
    """The hunks of some lines that are different."""
    own = _WORD.findall(old[span.start : span.end])
    words = _WORD.findall(new)
    if len(own) + len(words) > _MOST_WORDS:
        yield Hunk(span, new)
        return
    last: Hunk | None = None
    for place, text in _different(own, words, span.start):
        kept = old[last.span.end : place.start] if last else ""
        if last and len(kept) < _LEAST_KEPT and "\n" not in kept:
            last = Hunk(Span(last.span.start, place.end), last.text + kept + text)
            continue
        if last:
            yield last
        last = Hunk(place, text)
    if last:
        yield last


def _different(old: Sequence[str], new: Sequence[str], start: int) -> Iterator[tuple[Span, str]]:
    """The runs that are not the same on both sides, and where they are in the old text."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for name, first, last, new_first, new_last in matcher.get_opcodes():
        end = start + sum(map(len, old[first:last]))
        if name != "equal":
            yield Span(start, end), "".join(new[new_first:new_last])
        start = end
