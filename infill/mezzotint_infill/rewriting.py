"""A region changed where it stands: renoised to a strength, or repaired where it is least likely.

The words that may change start as noise, the others are pinned; several choices of words, or
several noises, are denoised in one batch. What leaves more errors than the region has is no
candidate, and what brings in names from nowhere is none better than the region; if nothing else is
left, the region stays as it is.
"""

from dataclasses import replace
from difflib import SequenceMatcher
from time import monotonic
from typing import Any

from mezzotint_grammars.span import Span
from mezzotint_grammars.validity import gap_between
from mezzotint_infill.candidates import UNDECODABLE, surest
from mezzotint_infill.canvas import Canvas, lay_out_middles
from mezzotint_infill.denoise import Step
from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.freeing import Choice, by_chance, least_likely
from mezzotint_infill.hole import (
    Candidate,
    Draft,
    Fill,
    Freed,
    Hole,
    Piece,
    Rewrite,
    StopReason,
)
from mezzotint_infill.line_ends import with_line_ends_of_region, with_plain_line_ends
from mezzotint_infill.prompt import Shape
from mezzotint_infill.reader import Asked, Reader
from mezzotint_infill.score import Scorer
from mezzotint_infill.stretches import Stretch, cut_stretches, lay_stretch

ROWS = 6
"""Canvases of a stretch in one batch: other words are free in each, or other noise."""


def rewrite(reader: Reader, scorer: Scorer, hole: Hole, asked: Asked) -> Fill:
    """Change what stands in the hole.

    Raises :class:`BadOptionsError` for a told length: the region has one already.
    """
    if asked.options.length is not None:
        raise BadOptionsError("A rewrite keeps the region's own length; none can be told.")
    plain = with_plain_line_ends(hole)
    if plain.rewrite is None:
        raise ValueError("Nothing stands in this hole.")
    fill = _Rewriting(reader, scorer, plain, plain.rewrite, asked).fill()
    return with_line_ends_of_region(hole, fill)


class _Rewriting:
    """One region under way."""

    def __init__(
        self, reader: Reader, scorer: Scorer, hole: Hole, told: Rewrite, asked: Asked
    ) -> None:
        self._reader, self._scorer = reader, scorer
        self._hole, self._told, self._asked = hole, told, asked
        self._gap = gap_between(hole.prefix, hole.suffix, hole.language)
        self._tokens = reader.model.encode(told.text)
        self._limit = int(told.strength * len(self._tokens) + 1e-9)
        self._rows = max(ROWS, 2 * asked.options.candidates)
        self._steps = 0
        self._stopped_by = StopReason.SETTLED

    def fill(self) -> Fill:
        """The region's best texts; itself, if there is no other."""
        text = self._told.text
        spans = cut_stretches(text, self._reader) if self._limit else []
        laid = [lay_stretch(self._hole, text, span, self._reader) for span in spans]
        choices = self._choices(laid)
        encoded = monotonic()
        found = [Candidate(text, 0.0, 0)]
        for span, choice in zip(spans, choices, strict=True):
            if self._steps and self._asked.is_late:
                self._stopped_by = StopReason.DEADLINE
                break
            moved = len(found[0].text) - len(text)
            found = self._changed(found[0], span.shifted(moved), choice.shifted(moved))
        return self._answer(found, encoded)

    def _choices(self, laid: list[Stretch]) -> list[Choice]:
        seed = self._asked.options.seed
        if self._told.freed is Freed.BY_CHANCE:
            return by_chance(laid, self._limit, self._rows, seed)
        return least_likely(laid, self._limit, self._rows, seed, self._reader)

    def _changed(self, now: Candidate, span: Span, choice: Choice) -> list[Candidate]:
        """What a region may become if one stretch changes, best first."""
        stretch = lay_stretch(self._hole, now.text, span, self._reader)
        rows = [places for words in choice.rows if (places := stretch.places_in(words))]
        self._asked.cancellation.check()
        if not rows:
            return [now]
        last, canvas = self._denoise(stretch, rows, now.text)
        texts: dict[str, int] = {}
        for row, places in enumerate(rows):
            tokens: Any = last.best[row][canvas.is_slot[row]]
            changed = stretch.with_tokens(places, tokens.tolist(), self._reader)
            texts.setdefault(now.text[: span.start] + changed + now.text[span.end :], len(places))
        return self._judged(now, texts, stretch)

    def _denoise(
        self, stretch: Stretch, rows: list[tuple[int, ...]], now: str
    ) -> tuple[Step, Canvas]:
        reader, strength = self._reader, self._told.strength
        canvas = lay_out_middles(
            stretch.prompt, [stretch.middle(row) for row in rows], reader.model.canvas_length
        )
        forbidden = reader.model.tokens.forbidden_in(within_line="\n" not in self._told.text)
        whole = reader.schedule(self._asked, forbidden[None].to(reader.model.device))
        # As if the steps at which more of the region is noise were over already.
        schedule = replace(whole, t_max=whole.t_min + (whole.t_max - whole.t_min) * strength)

        def listen(step: Step) -> None:
            # The noise of a later canvas is nothing new.
            if self._asked.on_draft is not None and (step.number or not self._steps):
                pieces = _draft(step, canvas, stretch, rows, now, reader)
                self._asked.on_draft(Draft(self._steps + step.number, pieces))

        done = reader.denoise(
            reader.read(stretch.prompt), canvas, schedule, self._asked.cancellation, listen
        )
        self._steps += done.last.number
        if done.stopped_by is not StopReason.SETTLED:
            self._stopped_by = done.stopped_by
        return done.last, canvas

    def _judged(self, now: Candidate, texts: dict[str, int], stretch: Stretch) -> list[Candidate]:
        fitting = [text for text in texts if text != now.text and self._fits(text)]
        both = [*fitting, now.text]
        parts = [_part(text, now.text, stretch) for text in both]
        prefix = self._reader.read(stretch.prompt)
        scores = self._scorer.scores(self._reader.model, prefix, stretch.prompt, parts)
        known = self._gap.validity(self._told.text)

        def rank(candidate: Candidate) -> tuple[bool, bool, float]:
            new = self._gap.validity(candidate.text)
            is_odd = bool(new.unknown - known.unknown or new.twice - known.twice)
            # Who has a region renoised wants another one; who has it repaired, a better one.
            stays = candidate.text == now.text and self._told.freed is Freed.BY_CHANCE
            return is_odd, stays, -candidate.score

        found = [
            Candidate(text, score, now.tokens + texts.get(text, 0))
            for text, score in zip(both, scores, strict=True)
        ]
        return sorted(found, key=rank)

    def _fits(self, text: str) -> bool:
        """Whether it is text, changes no more than it may, and parses no worse than the region."""
        if UNDECODABLE in text and UNDECODABLE not in self._told.text:
            return False
        if changed_tokens(self._tokens, self._reader.model.encode(text)) > self._limit:
            return False
        return self._gap.errors(text) <= self._gap.errors(self._told.text)

    def _answer(self, found: list[Candidate], encoded: float) -> Fill:
        best, *others = found
        changed = [each for each in others if each.text != self._told.text]
        return Fill(
            text=best.text,
            candidates=(best, *changed[: self._asked.options.candidates - 1]),
            steps=self._steps,
            stopped_by=self._stopped_by,
            tokens=best.tokens,
            length_policy=f"kept: {len(self._tokens)}, at most {self._limit} changed",
            model=self._reader.model.name,
            ms=self._asked.timing(encoded),
            note=self._note(),
        )

    def _note(self) -> str:
        if not self._limit and self._told.strength:
            return (
                f"At strength {self._told.strength:g} nothing may change: "
                f"the region has too few tokens ({len(self._tokens)})."
            )
        if self._told.instruction and self._reader.model.grammar.shape is Shape.PLAIN:
            return f"{self._reader.model.name} reads no instructions; it rewrote without."
        return ""


def changed_tokens(before: list[int], after: list[int]) -> int:
    """How many tokens of the first are not in the second, where they were or beside others."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    aligned = len(before) - sum(block.size for block in blocks)
    if len(before) != len(after):
        return max(aligned, len(after) - len(before) + aligned)
    return min(aligned, sum(a != b for a, b in zip(before, after, strict=True)))


def _part(text: str, now: str, stretch: Stretch) -> str:
    """The stretch in a region that has no other text anywhere else."""
    return text[stretch.span.start : stretch.span.end + len(text) - len(now)]


def _draft(
    step: Step,
    canvas: Canvas,
    stretch: Stretch,
    rows: list[tuple[int, ...]],
    now: str,
    reader: Reader,
) -> tuple[Piece, ...]:
    """All of the region, as the surest candidate has it."""
    best = surest(step, canvas)
    pieces: list[Piece] = []
    at = 0
    for place, token, certainty in zip(rows[best.row], best.tokens, best.certainties, strict=True):
        span = stretch.spans[place]
        pieces += [Piece(now[at : span.start], 1.0), Piece(reader.model.decode([token]), certainty)]
        at = span.end
    pieces.append(Piece(now[at:], 1.0))
    return tuple(piece for piece in pieces if piece.text)
