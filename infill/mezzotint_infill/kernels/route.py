"""From a router's scores to the chosen experts and their weights, in one launch instead of five."""

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Pointer, constexpr, jit, tl


def route(scores: Tensor, expert_scale: Tensor, choices: int) -> tuple[Tensor, Tensor]:
    """Weights ``(T, k)`` float32 and experts ``(T, k)`` int64 of scores ``(T, E)``, best first.

    The softmax of the chosen ones' scores (softmax over all, then normalised, comes to that),
    times the scale ``(E,)`` of each expert. Of equal scores the first expert is chosen first.
    """
    tokens, experts = scores.shape
    weights = scores.new_empty((tokens, choices), dtype=torch.float32)
    chosen = scores.new_empty((tokens, choices), dtype=torch.int64)
    wide = 1 << (experts - 1).bit_length()
    _route[(tokens,)](
        scores.contiguous(), expert_scale, weights, chosen, experts, wide, choices,
        num_warps=1, enable_fp_fusion=True,
    )  # fmt: skip
    return weights, chosen


@jit
def _route(
    scores: Pointer,
    expert_scale: Pointer,
    weights: Pointer,
    chosen: Pointer,
    EXPERTS: constexpr,
    WIDE: constexpr,
    CHOICES: constexpr,
):
    token = tl.program_id(0)
    expert = tl.arange(0, WIDE)
    is_there = expert < EXPERTS
    at = scores + token * EXPERTS + expert
    score = tl.load(at, mask=is_there, other=-float("inf")).to(tl.float32)
    share = tl.exp(score - tl.max(score))
    share = tl.where(is_there, share, -1.0)
    left = share
    total = 0.0
    for _choice in tl.static_range(CHOICES):
        best = tl.argmax(left, 0)
        total += tl.max(left)
        left = tl.where(expert == best, -1.0, left)
    left = share
    for choice in tl.static_range(CHOICES):
        best = tl.argmax(left, 0)
        scale = tl.load(expert_scale + best).to(tl.float32)
        tl.store(weights + token * CHOICES + choice, tl.max(left) / total * scale)
        tl.store(chosen + token * CHOICES + choice, best)
        left = tl.where(expert == best, -1.0, left)
