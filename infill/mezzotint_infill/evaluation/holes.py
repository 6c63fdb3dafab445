"""Fills holes that were cut out of files, under several conditions, and compares.

Knows the infiller by three questions only; averages nothing (see ``summary``).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_infill.evaluation.metrics import breaks_file, edit_similarity, is_exact
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.options import InfillOptions

NOISE_SEEDS = 4
"""Starting canvases that a full-noise loss is averaged over."""

Length: TypeAlias = int | Literal["told", "auto"]
"""How many tokens a hole is given: so many, as many as the truth has, or the infiller decides."""


class MeasuredInfiller(Protocol):
    """What can be measured: it fills at once, and says what it thinks of a given middle."""

    def fill_now(self, hole: Hole, options: InfillOptions) -> Fill:
        """Fill a hole in this thread."""
        ...

    def token_count(self, hole: Hole, text: str) -> int:
        """How many free positions ``text`` takes up in the hole."""
        ...

    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        """The loss on the tokens of ``text``, in nats a token, when all of them are noise."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """What the infiller is told about a hole."""

    length: Length
    has_suffix: bool = True

    @property
    def name(self) -> str:
        named = {"told": "told length", "auto": "unknown length", 1: "1 token"}
        length = named.get(self.length, f"{self.length} tokens")
        return length if self.has_suffix else f"{length}, no suffix"

    def hole(self, cut: Cut) -> Hole:
        return cut.hole if self.has_suffix else _without_suffix(cut)


STANDARD = (
    Condition("told"),
    Condition("auto"),
    Condition("told", has_suffix=False),
    Condition("auto", has_suffix=False),
)
FIXED_LENGTHS = tuple(Condition(length) for length in (1, 2, 4, 8, 16))
"""What a length policy has to beat."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One hole, filled under one condition, and how good that is."""

    cut: Cut
    condition: Condition
    text: str
    is_exact: bool
    similarity: float
    breaks_file: bool
    """Judged in the whole file, also if the infiller did not see the suffix."""
    steps: int
    tokens: int
    ms: float


@dataclass(frozen=True, slots=True)
class Loss:
    """How well the middle is known before the first step, in nats a token."""

    cut: Cut
    with_suffix: float
    without_suffix: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured, hole by hole."""

    attempts: tuple[Attempt, ...]
    losses: tuple[Loss, ...]
    left_out: tuple[Cut, ...]
    """Holes whose middle has too many tokens, for the caller or for the model."""


def evaluate_holes(
    infiller: MeasuredInfiller,
    cuts: Sequence[Cut],
    *,
    conditions: Sequence[Condition] = STANDARD,
    max_tokens: int,
    options: InfillOptions,
    on_hole: Callable[[], object] = lambda: None,
) -> Evaluation:
    """Fill every hole under every condition, and measure its loss at full noise.

    Holes that the infiller refuses under any condition are left out under all, and so are those
    whose true middle has more than ``max_tokens`` tokens, with the suffix or without.
    The condition says the length, ``options`` the rest. ``on_hole`` is called after each hole.
    """
    attempts: list[Attempt] = []
    losses: list[Loss] = []
    left_out: list[Cut] = []
    for cut in cuts:
        try:
            _require_fitting(infiller, cut, max_tokens)
            tried = [attempt(infiller, cut, each, options) for each in conditions]
            losses.append(_loss(infiller, cut, options.seed))
            attempts += tried
        except BadHoleError:
            left_out.append(cut)
        on_hole()
    return Evaluation(tuple(attempts), tuple(losses), tuple(left_out))


def attempt(
    infiller: MeasuredInfiller, cut: Cut, condition: Condition, options: InfillOptions
) -> Attempt:
    """Fill one hole under one condition."""
    hole = condition.hole(cut)
    options = replace(options, length=_length(infiller, hole, cut, condition))
    started = time.perf_counter()
    fill = infiller.fill_now(hole, options)
    ms = (time.perf_counter() - started) * 1000
    return Attempt(
        cut=cut,
        condition=condition,
        text=fill.text,
        is_exact=is_exact(cut, fill.text),
        similarity=edit_similarity(cut.middle, fill.text),
        breaks_file=breaks_file(cut, fill.text),
        steps=fill.steps,
        tokens=fill.tokens,
        ms=ms,
    )


def _length(infiller: MeasuredInfiller, hole: Hole, cut: Cut, condition: Condition) -> int | None:
    match condition.length:
        case "told":
            return infiller.token_count(hole, cut.middle)
        case "auto":
            return None
        case fixed:
            return fixed


def _require_fitting(infiller: MeasuredInfiller, cut: Cut, max_tokens: int) -> None:
    """The seams, and with them the count, depend on the suffix."""
    for hole in (cut.hole, _without_suffix(cut)):
        if infiller.token_count(hole, cut.middle) > max_tokens:
            raise BadHoleError(f"The middle has more than {max_tokens} tokens.")


def _loss(infiller: MeasuredInfiller, cut: Cut, seed: int) -> Loss:
    seeds = range(seed, seed + NOISE_SEEDS)
    return Loss(
        cut,
        with_suffix=infiller.full_noise_loss(cut.hole, cut.middle, seeds),
        without_suffix=infiller.full_noise_loss(_without_suffix(cut), cut.middle, seeds),
    )


def _without_suffix(cut: Cut) -> Hole:
    return replace(cut.hole, suffix="")
