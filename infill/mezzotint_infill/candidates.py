"""From denoised canvases to candidates: decoded, trimmed, unique, judged, best first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mezzotint_grammars.validity import Gap, gap_between
from mezzotint_infill.canvas import Canvas
from mezzotint_infill.denoise import Step
from mezzotint_infill.hole import Candidate, Draft, Hole, HoleKind, Piece
from mezzotint_infill.model import Model
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.prompt_lookup import Copy
from mezzotint_infill.score import Scorer
from mezzotint_infill.trim import repeats_a_line, trim_copy

UNDECODABLE = "\N{REPLACEMENT CHARACTER}"
FAMILIARITY = 0.1
"""What a character that a copy's surroundings have in common with the hole's adds to its score."""
FAMILIAR = 40
"""Characters beyond which there is no more to add."""


@dataclass(frozen=True, slots=True)
class Filling:
    """One hole under way: everything that judging a canvas needs."""

    hole: Hole
    model: Model
    prefix: PrefixCache
    prompt: Prompt
    canvas: Canvas
    copies: tuple[Copy, ...] = ()
    """What stands at places like the hole, judged with what is denoised."""
    opening: str = ""
    """What is given back with every fill, in front of it."""

    def tokens_of(self, step: Step, row: int) -> list[int]:
        chosen: Any = step.best[row][self.canvas.is_slot[row]]
        return chosen.tolist()

    def draft(self, step: Step) -> Draft:
        """The candidate that is surest so far."""
        best = surest(step, self.canvas)
        shown = self.prompt.seams.without([self.model.decode([token]) for token in best.tokens])
        opening = (Piece(self.opening, 1.0),) if self.opening else ()
        return Draft(step.number, (*opening, *map(Piece, shown, best.certainties)))


@dataclass(frozen=True, slots=True)
class Surest:
    """The candidate that a step is surest of, by the mean entropy of its free positions."""

    row: int
    tokens: list[int]
    """At its free positions, in order."""
    certainties: list[float]
    """From 0 (noise) to 1 (settled), one a token."""


def surest(step: Step, canvas: Canvas) -> Surest:
    """The best draft of a step, of those that are still worth going on with."""
    counts = canvas.is_slot.sum(dim=-1)
    doubt = (step.entropy.sum(dim=-1) / counts).masked_fill(step.is_out, torch.inf)
    row = int(doubt.argmin())
    tokens: Any = step.best[row][canvas.is_slot[row]]
    certainties: Any = (-step.entropy[row]).exp()[canvas.is_slot[row]]
    return Surest(row, tokens.tolist(), certainties.tolist())


def judge(
    filling: Filling, step: Step, scorer: Scorer, *, only_valid: bool = False
) -> list[Candidate]:
    """All different fills, best first: those that fit the code around them, by score.

    Those that leave errors that are not there anyway come last, the fewest first, or are left out;
    before those, one that uses a name from nowhere, defines what is defined already, or says what
    the line above or below says.
    """
    hole = filling.hole
    lengths, familiar = _shortest_lengths(filling, step), _familiar(filling)
    for text in familiar:
        lengths.setdefault(text, len(filling.model.encode(filling.prompt.seams.around(text))))
    gap = gap_between(hole.prefix, hole.suffix, hole.language)
    errors = _errors_made(gap, lengths)
    texts = [text for text in lengths if not (only_valid and errors[text])]
    if not texts:
        return []
    scores = scorer.scores(filling.model, filling.prefix, filling.prompt, texts)

    def rank(candidate: Candidate) -> tuple[int, bool, float]:
        found = gap.validity(candidate.text)
        is_odd = bool(found.twice or found.unknown) or _repeats(hole, candidate.text)
        return errors[candidate.text], is_odd, -candidate.score

    found = (
        Candidate(text, score + familiar.get(text, 0.0), lengths[text])
        for text, score in zip(texts, scores, strict=True)
    )
    return sorted(found, key=rank)


def _errors_made(gap: Gap, texts: Iterable[str]) -> dict[str, int]:
    """How many errors each text leaves that are not there anyway."""
    errors = {text: gap.errors(text) for text in texts}
    least = min(errors.values(), default=0)
    if least > 0:
        least = min(least, gap.least_errors)
    return {text: left - least for text, left in errors.items()}


def trimmed(hole: Hole, middle: str) -> str:
    """What of the text at the free positions is the hole's own."""
    text = trim_copy(hole.prefix, middle, hole.suffix, hole.language)
    if hole.kind is HoleKind.BLOCK:
        text = gap_between(hole.prefix, hole.suffix, hole.language).until_block_ends(text)
        text = "\n".join(text.split("\n")[: hole.lines])
    ends_line = hole.suffix[:1] in ("", "\n")
    return text.rstrip(" \t") if ends_line else text


def shortlist(filling: Filling, step: Step, scorer: Scorer, size: int) -> Tensor:
    """Which candidates ``(B,)`` are worth denoising to the end, judged by their drafts so far."""
    texts = [_text(filling, step, row) for row in range(len(step.best))]
    different = list(dict.fromkeys(texts))
    found = scorer.glances(filling.model, filling.prefix, filling.prompt, different)
    known = dict(zip(different, found, strict=True))
    scores = torch.tensor([known[text] for text in texts])
    chosen = torch.zeros(len(texts), dtype=torch.bool)
    chosen[scores.topk(min(size, len(texts))).indices] = True
    return chosen


def _shortest_lengths(filling: Filling, step: Step) -> dict[str, int]:
    """Each text that came out, and the fewest free positions that gave it."""
    lengths: dict[str, int] = {}
    for row in range(len(step.best)):
        if step.is_out[row]:
            continue
        tokens = len(filling.tokens_of(step, row))
        text = _text(filling, step, row)
        if text.strip() and UNDECODABLE not in text:
            text = _mended(filling.hole, text)
            lengths[text] = min(tokens, lengths.get(text, tokens))
    return lengths


def _familiar(filling: Filling) -> dict[str, float]:
    """The copies as fills, and how much each one's surroundings speak for it."""
    bonus: dict[str, float] = {}
    for copy in filling.copies:
        text = trimmed(filling.hole, copy.text)
        if text.strip() and not _repeats(filling.hole, text):
            bonus.setdefault(text, FAMILIARITY * min(copy.agreement, FAMILIAR))
    return bonus


def _text(filling: Filling, step: Step, row: int) -> str:
    raw = filling.model.decode(filling.tokens_of(step, row))
    return trimmed(filling.hole, filling.prompt.seams.between(raw) or "")


def _repeats(hole: Hole, text: str) -> bool:
    return repeats_a_line(hole.prefix, text, hole.suffix)


def _mended(hole: Hole, text: str) -> str:
    gap = gap_between(hole.prefix, hole.suffix, hole.language)
    return gap.mended(text, may_add_line=not hole.kind.is_within_line)
