"""The loop, once: noise in, a draft a step, until settled, out of steps or out of time.

DiffusionGemma's published sampling (transformers' ``generation_diffusion_gemma.py``) with pinned
positions: they are set again at every step, and entropy, acceptance, renoising and stopping look
at the free positions only.
"""

import math
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas
from mezzotint_infill.chance import Chance, ChanceInTurn
from mezzotint_infill.hole import StopReason
from mezzotint_infill.under_way import Denoiser, Looked, Rules, UnderWay

VERY_SURE = 0.6
"""Share of the doubt that is allowed in a settled draft; below it, one step's draft will do.

The published rule wants the same draft twice. On code that is neither trained on nor reported on
(240 holes) as many fills are exact either way, in 3.5 steps instead of 4.2.
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the loop goes; every value set."""

    steps: int
    entropy_bound: float
    t_max: float
    t_min: float
    confidence_threshold: float
    seed: int
    forbidden: Tensor  # (4, V) by a free position's edge
    deadline: float = float("inf")
    """On ``time.monotonic``'s clock, in seconds."""
    is_ahead: bool = False
    """Whether a step is begun before the one before it is looked at, so that the device never waits.

    One step is then computed that nobody needs, and who is left out goes on for one step more.
    """
    survey: int = 0
    """The step whose outcome decides how much goes on: it is always waited for."""

    def temperature(self, step: int) -> float:
        """Of a step counted from 1; falls linearly and would reach ``t_min`` after the last."""
        return self.t_min + (self.t_max - self.t_min) * (self.steps - step + 1) / self.steps


@dataclass(frozen=True, slots=True)
class Step:
    """All candidates after a step, on the host; those not computed any more as they last were."""

    number: int
    best: Tensor  # (B, M) the draft
    entropy: Tensor  # (B, M) in nats, 0 beyond a candidate's slots
    is_settled: Tensor  # (B,)
    is_out: Tensor  # (B,) left behind: not worth going on with


@dataclass(frozen=True, slots=True)
class Denoised:
    """The last step, and why it was the last."""

    last: Step
    stopped_by: StopReason


def denoise(
    model: Denoiser,
    canvas: Canvas,
    schedule: Schedule,
    cancellation: Cancellation,
    on_step: Callable[[Step], Tensor | None] | None = None,
    chance: Chance | None = None,
) -> Denoised:
    """Run :func:`steps_of` to its end.

    ``on_step`` may answer which candidates ``(B,)`` are worth going on with; it sees the noise
    that all begin with as step 0.

    Raises :class:`~mezzotint_infill.errors.FillCancelledError` between two steps.
    """
    steps = steps_of(model, canvas, schedule, chance)
    step = next(steps)
    while True:
        goes_on = on_step(step) if on_step is not None else None
        cancellation.check()
        if goes_on is not None:
            step = replace(step, is_out=~goes_on & ~step.is_settled | step.is_out)
        if step.number > 0 and bool((step.is_settled | step.is_out).all()):
            return Denoised(step, StopReason.SETTLED)
        if step.number > 0 and monotonic() >= schedule.deadline:
            return Denoised(step, StopReason.DEADLINE)
        if step.number == schedule.steps:
            return Denoised(step, StopReason.STEPS)
        step = steps.send(step.is_out)


@torch.inference_mode()
def steps_of(
    model: Denoiser, canvas: Canvas, schedule: Schedule, chance: Chance | None = None
) -> Generator[Step, Tensor, None]:
    """Denoise all candidates together, from their noise (step 0) on.

    Those that have settled are not computed further, nor those that are out: the answer to every
    step says which, ``(B,)``, and leaves one at least to go on with. Canvas, steps and answers are
    the host's. Chance is that of the schedule's seed, drawn in turn, unless given.
    """
    if chance is None:
        generator = torch.Generator(schedule.forbidden.device).manual_seed(schedule.seed)
        chance = ChanceInTurn(generator, model.vocabulary)
    under_way = UnderWay(model, canvas, _rules(schedule), chance)
    nobody = torch.zeros(len(canvas.tokens), dtype=torch.bool)
    unsure = canvas.is_slot * math.log(model.vocabulary)
    step = Step(0, under_way.noise(), unsure, nobody, nobody)
    step = replace(step, is_out=(yield step))
    unseen: deque[Looked] = deque()
    for number in range(1, schedule.steps + 1):
        unseen.append(under_way.advance(_rows_of(step), schedule.temperature(number)))
        is_waited_for = not schedule.is_ahead or number in (schedule.survey, schedule.steps)
        while len(unseen) > (0 if is_waited_for else 1):
            step = _seen(unseen.popleft(), step)
            step = replace(step, is_out=(yield step))


def _rows_of(step: Step) -> list[int]:
    rows: Any = (~(step.is_settled | step.is_out)).nonzero().flatten()
    return rows.tolist()


def _seen(looked: Looked, before: Step) -> Step:
    """The next step; those that had settled or were out before it stay as they were."""
    best, entropy, settled = looked.fetch()
    rows = torch.tensor(looked.rows)
    new = ~(before.is_settled | before.is_out)[rows]
    return Step(
        before.number + 1,
        before.best.index_put((rows[new],), best[new]),
        before.entropy.index_put((rows[new],), entropy[new]),
        before.is_settled.index_put((rows[new],), settled[new]),
        before.is_out,
    )


def _rules(schedule: Schedule) -> Rules:
    sure = VERY_SURE * schedule.confidence_threshold
    return Rules(schedule.forbidden, schedule.entropy_bound, schedule.confidence_threshold, sure)
