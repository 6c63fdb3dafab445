"""Which tokens of a step stay, and what the others become.

The entropy bound is arXiv 2505.24857's, as DiffusionGemma's own ``EntropyBoundSampler`` applies
it, but over the free positions only: pinned ones neither use up the bound nor dilute a mean.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the model holds of every free position after a forward pass, temperature applied."""

    chances: Tensor  # (N, V) sums to 1; forbidden tokens have 0
    entropy: Tensor  # (N,) in nats
    best: Tensor  # (N,) the most likely token


def weigh(logits: Tensor, temperature: float, forbidden: Tensor) -> Weighed:
    """Logits ``(N, V)`` to chances; tokens in ``forbidden``, as wide, are out of the question."""
    scaled = (logits / temperature).masked_fill_(forbidden, float("-inf"))
    log_chances = torch.log_softmax(scaled, dim=-1)
    chances = log_chances.exp()
    surprise = torch.where(chances > 0, chances * log_chances, 0.0)
    return Weighed(chances, -surprise.sum(dim=-1), scaled.argmax(dim=-1))


def accept(entropy: Tensor, is_slot: Tensor, entropy_bound: float) -> Tensor:
    """The slots ``(B, M)`` whose tokens stay: the surest ones, the surest of all in any case.

    The information that they may share is within the bound.
    """
    ordered, order = entropy.masked_fill(~is_slot, float("inf")).sort(dim=-1)
    shared = ordered.nan_to_num(posinf=1e9).cumsum(dim=-1) - ordered.nan_to_num(posinf=1e9)
    stays = (shared <= entropy_bound) & ordered.isfinite()
    return torch.zeros_like(stays).scatter(-1, order, stays)


def draw(chances: Tensor, points: Tensor) -> Tensor:
    """One token each, ``(N,)``: where a point from 0 to 1 falls on a position's cumulative chances.

    One random number a position; the Gumbel trick needs one a token, which takes a CPU longer than
    a small model's forward pass.
    """
    ladder = chances.cumsum(dim=-1)
    found = torch.searchsorted(ladder, (points * ladder[..., -1])[..., None], right=True)
    return found.squeeze(-1).clamp(max=chances.shape[-1] - 1)


def noise(shape: torch.Size, vocabulary: int, generator: torch.Generator) -> Tensor:
    """Uniform random tokens: what a canvas starts from and is renoised with."""
    return torch.randint(vocabulary, shape, generator=generator, device=generator.device)
