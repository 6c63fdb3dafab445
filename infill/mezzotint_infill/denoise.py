"""The loop, once: noise in, a draft a step, until settled, out of steps or out of time.

DiffusionGemma's published sampling (transformers' ``generation_diffusion_gemma.py``) with pinned
positions: they are set again at every step, and entropy, acceptance, renoising and stopping look
at the free positions only.
"""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas, FreePositions
from mezzotint_infill.hole import StopReason
from mezzotint_infill.sampler import accept, draw, noise, weigh

VERY_SURE = 0.6
"""Share of the doubt that is allowed in a settled draft; below it, one step's draft will do.

The published rule wants the same draft twice. On code that is neither trained on nor reported on
(240 holes) as many fills are exact either way, in 3.5 steps instead of 4.2.
"""


class Denoiser(Protocol):
    """The model's side of a step, the prompt already encoded."""

    vocabulary: int
    """How many tokens noise is drawn from."""

    def logits(self, canvas: Tensor, free: FreePositions, soft: Tensor) -> Tensor:
        """Scores ``(N, V)`` at the free positions of canvases ``(B, C)``.

        ``soft`` is the self-conditioning ``(B, C, H)``.
        """
        ...

    def embed(self, tokens: Tensor) -> Tensor:
        """Scaled embeddings ``(..., H)`` of tokens."""
        ...

    def soften(self, chances: Tensor) -> Tensor:
        """The mean embedding ``(..., H)`` of distributions ``(..., V)``."""
        ...


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

    def temperature(self, step: int) -> float:
        """Of a step counted from 1; falls linearly and would reach ``t_min`` after the last."""
        return self.t_min + (self.t_max - self.t_min) * (self.steps - step + 1) / self.steps


@dataclass(frozen=True, slots=True)
class Step:
    """All candidates after a step; those not computed any more as they last were."""

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
) -> Denoised:
    """Run :func:`steps_of` to its end.

    ``on_step`` may answer which candidates ``(B,)`` are worth going on with; it sees the noise
    that all begin with as step 0.

    Raises :class:`~mezzotint_infill.errors.FillCancelledError` between two steps.
    """
    steps = steps_of(model, canvas, schedule)
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
def steps_of(model: Denoiser, canvas: Canvas, schedule: Schedule) -> Generator[Step, Tensor, None]:
    """Denoise all candidates together, from their noise (step 0) on.

    Those that have settled are not computed further, nor those that are out: the answer to every
    step says which, ``(B,)``, and leaves one at least to go on with.
    """
    generator = torch.Generator(canvas.tokens.device).manual_seed(schedule.seed)
    tokens = canvas.pin(noise(canvas.tokens.shape, model.vocabulary, generator))
    pinned = model.embed(canvas.tokens) * ~canvas.is_free[..., None]
    soft = pinned.clone()
    best = torch.full_like(canvas.slots, -1)
    entropy = torch.zeros(canvas.slots.shape, device=tokens.device)
    is_settled = torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)
    is_out = torch.zeros_like(is_settled)
    rows = torch.arange(len(tokens), device=tokens.device)
    start = tokens.gather(1, canvas.slots)
    unsure = canvas.is_slot * math.log(model.vocabulary)
    is_out = yield Step(0, start, unsure, is_settled.clone(), is_out)
    rows = rows[~is_out]
    for number in range(1, schedule.steps + 1):
        here = canvas.keep(rows)
        free = here.free()
        logits = model.logits(tokens[rows], free, soft[rows])
        beliefs = weigh(logits, schedule.temperature(number), schedule.forbidden[free.edges])
        before = best[rows]
        best[rows] = free.in_slots(beliefs.best, onto=before)
        entropy[rows] = free.in_slots(beliefs.entropy, onto=entropy[rows])
        doubt = entropy[rows].sum(dim=-1) / here.is_slot.sum(dim=-1)
        is_stable = (best[rows] == before).all(dim=-1)
        is_sure = doubt < schedule.confidence_threshold
        settled = is_sure & is_stable | (doubt < VERY_SURE * schedule.confidence_threshold)
        is_settled[rows] = settled
        is_out = yield Step(number, best.clone(), entropy.clone(), is_settled.clone(), is_out)
        stays = accept(entropy[rows], here.is_slot, schedule.entropy_bound)[free.rows, free.ranks]
        drawn = draw(beliefs.chances, generator)
        values = torch.where(stays, drawn, noise(drawn.shape, model.vocabulary, generator))
        tokens[rows] = free.on_canvas(values, onto=here.tokens)
        soft[rows] = free.on_canvas(model.soften(beliefs.chances), onto=pinned[rows])
        rows = rows[~settled & ~is_out[rows]]
