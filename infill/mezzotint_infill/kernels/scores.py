"""Logits as the output layer makes them, and what becomes of each before anything is drawn.

Cap, temperature and forbidden tokens are applied wherever a logit is read: to write them down as
float32 would take four times the memory that the logits have in bfloat16, and a pass each.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Block, Number, Pointer, jit, tl


@dataclass(frozen=True, slots=True)
class Scores:
    """Of N free positions. What changes from step to step is in tensors, for CUDA graphs."""

    logits: Tensor  # (N, V) bfloat16 or float32, before the cap
    cap: float
    """A logit x becomes ``cap * tanh(x / cap)``."""
    temperature: Tensor  # () float32
    forbidden: Tensor  # (kinds of edges, V) bool
    edges: Tensor  # (N,) which of them holds

    def tempered(self) -> Tensor:
        """Scores ``(N, V)`` in float32; forbidden tokens have minus infinity. Not for CUDA."""
        capped = (self.logits.float() / self.cap).tanh() * self.cap
        return (capped / self.temperature).masked_fill(self.forbidden[self.edges], -torch.inf)

    def arguments(self) -> tuple[Any, ...]:
        """As :func:`tempered_score` takes them."""
        logits, forbidden = self.logits.contiguous(), self.forbidden.contiguous()
        masks = forbidden.view(torch.uint8)
        return logits, masks, self.edges, self.temperature, self.cap, logits.shape[1]


@jit
def tempered_score(
    logits: Pointer,
    masks: Pointer,
    edges: Pointer,
    temperature: Pointer,
    cap: Number,
    vocabulary: Number,
    row: Number,
    token: Block,
):
    """Of one row and a block of tokens; those behind the vocabulary are forbidden."""
    is_there = token < vocabulary
    at = row.to(tl.int64) * vocabulary + token
    x = tl.load(logits + at, mask=is_there, other=0).to(tl.float32)
    edge = tl.load(edges + row).to(tl.int64)
    is_forbidden = tl.load(masks + edge * vocabulary + token, mask=is_there, other=1)
    score = capped(x, cap) / tl.load(temperature)
    return tl.where(is_forbidden != 0, -float("inf"), score)


@jit
def capped(logit: Block, cap: Number):
    """Of float32. ``tanh(z)`` is twice the logistic function of ``2 z``, less 1."""
    return cap * (2.0 * tl.sigmoid(2.0 * logit / cap) - 1.0)
