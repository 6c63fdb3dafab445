"""A region cut into stretches that fit a canvas, and each one's tokens in its canvas.

Where a region is larger than a canvas, its stretches are changed one after the other; what is not
in the stretch is pinned. Text that no stretch holds, such as one endless word, stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mezzotint_grammars.span import Span
from mezzotint_infill.canvas import Middle
from mezzotint_infill.hole import Hole
from mezzotint_infill.pieces import splitting
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.reader import Reader

CANVAS_SHARE = 2
"""A stretch takes up half a canvas at most; the rest shows what is around it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a region that is freed as a whole, if at all."""

    span: Span
    tokens: int
    is_blank: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a region in its canvas; all spans are the region's."""

    span: Span
    prompt: Prompt
    start: int
    """Where the text of the tokens begins, which may be before the region."""
    around: str
    """The text of the tokens."""
    tokens: tuple[int, ...]
    spans: tuple[Span, ...]
    """Where each token's text is."""
    changeable: tuple[int, ...]
    """Which tokens the canvas has room for and stand for whole characters of the region alone."""

    def places_in(self, words: Sequence[Span]) -> tuple[int, ...]:
        """Which tokens may change if these words may."""
        return tuple(
            place
            for place in self.changeable
            if any(
                word.start <= self.spans[place].start and self.spans[place].end <= word.end
                for word in words
            )
        )

    def middle(self, places: Sequence[int]) -> Middle:
        """All tokens, some of them free."""
        return Middle(self.tokens, tuple(places), (0,) * len(places))

    def with_tokens(self, places: Sequence[int], tokens: Sequence[int], reader: Reader) -> str:
        """The stretch's text with other tokens at some places, all else character for character."""
        parts: list[str] = []
        at = self.span.start
        for run in _runs(places):
            start, end = self.spans[places[run.start]].start, self.spans[places[run.end - 1]].end
            parts.append(self._text(at, start))
            parts.append(reader.model.decode(tokens[run.start : run.end]))
            at = end
        return "".join((*parts, self._text(at, self.span.end)))

    @property
    def text(self) -> str:
        """What stands in the stretch."""
        return self._text(*self.span)

    def _text(self, start: int, end: int) -> str:
        return self.around[start - self.start : end - self.start]


def cut_stretches(text: str, reader: Reader) -> list[Span]:
    """Where a region is cut: after lines where possible, never within a piece."""
    room = reader.model.canvas_length // CANVAS_SHARE
    stretches: list[Span] = []
    start = line_end = used = 0
    for piece, (first, last) in splitting().pre_tokenize_str(text):
        tokens = _count(piece, reader)
        if used + tokens > room:
            stop = line_end if line_end > start and tokens <= room else first
            stretches.append(Span(start, stop))
            start = stop if tokens <= room else last
            used = _count(text[start:first], reader)
        used += tokens if tokens <= room else 0
        line_end = last if piece.endswith("\n") else line_end
    stretches.append(Span(start, len(text)))
    return [span for span in stretches if text[span.start : span.end].strip()]


def whole(text: str) -> Span:
    """A region that is one stretch."""
    return Span(0, len(text))


def lay_stretch(hole: Hole, text: str, span: Span, reader: Reader) -> Stretch:
    """The part of a region that has this text by now, in its canvas."""
    part = text[span.start : span.end]
    own = hole.rewrite and replace(hole.rewrite, text=part)
    prefix, suffix = hole.prefix + text[: span.start], text[span.end :] + hole.suffix
    prompt = reader.prompt(replace(hole, prefix=prefix, suffix=suffix, rewrite=own))
    around = prompt.seams.around(part)
    start = span.start - len(prompt.seams.before)
    found = reader.model.tokenizer.encode(around, add_special_tokens=False)
    spans = tuple(Span(start + first, start + last) for first, last in found.offsets)
    room = reader.model.canvas_length - len(prompt.piece)
    changeable = tuple(
        place
        for place, (token, one) in enumerate(zip(found.ids, spans, strict=True))
        if place < room
        and span.start <= one.start < one.end <= span.end
        and reader.model.decode([token]) == around[one.start - start : one.end - start]
    )
    return Stretch(span, prompt, start, around, tuple(found.ids), spans, changeable)


def words_of(stretch: Stretch) -> list[Word]:
    """The pieces of a stretch in which some token may change."""
    text = stretch.text
    words: list[Word] = []
    for piece, (first, last) in splitting().pre_tokenize_str(text):
        span = Span(stretch.span.start + first, stretch.span.start + last)
        if tokens := len(stretch.places_in([span])):
            words.append(Word(span, tokens, not piece.strip()))
    return words


def _count(text: str, reader: Reader) -> int:
    return len(reader.model.encode(text))


def _runs(places: Sequence[int]) -> list[Span]:
    """Neighbouring places together, as spans of the sequence."""
    breaks = [number for number, (a, b) in enumerate(pairwise(places), 1) if b != a + 1]
    edges = [0, *breaks, len(places)] if places else []
    return [Span(start, end) for start, end in pairwise(edges)]
