"""A pass over canvases for which everything lies at the same place each time, and has the same size.

That is what a CUDA graph can record (``graphs.py``); run as it is, on any device, it gives the same.
Several canvases are one row of positions: they share the prompt, which is read once, and a mask tells
each of them from the others. The prompt's keys and values are read where they lie, ring and all, the
canvas' own are put behind them, and what of the ring is not to be seen is masked by its length, which
is a number on the device.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.prefix_cache import PrefixBuffers, PrefixCache
from mezzotint_infill.ring import LayerRing

BUCKETS = (32, 64, 96, 128, 256)
"""Positions, of one canvas or of several together."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What changes from step to step, each in a tensor of its own that stays where it is."""

    tokens: Tensor  # (1, P)
    places: Tensor  # (1, P) in the file, the prompt's included
    rows: Tensor  # (P,) which canvas a position is of, -1 for what only fills up
    soft: Tensor  # (1, P, H)
    length: Tensor  # () of the prompt


class Forward(Protocol):
    """The decoder's layers."""

    def __call__(self, inputs: Inputs, cache: "Behind", masks: dict[str, Tensor]) -> Tensor:
        """Hidden states ``(1, P, H)``."""
        ...


class Behind:
    """What transformers' layers ask of a cache; a canvas goes behind all slots of the prompt."""

    is_compileable = False

    def __init__(self, rings: Sequence[LayerRing]) -> None:
        self._rings = rings

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        return self._rings[layer_idx].put_behind(key, value)


class StaticPass:
    """One number of positions."""

    def __init__(self, forward: Forward, buffers: PrefixBuffers, like: Tensor, size: int) -> None:
        """``like`` ``(..., H)`` is an embedding, for its precision and its device."""
        self.size = size
        self._forward, self._rings = forward, buffers.rings
        whole = torch.zeros(size, dtype=torch.long, device=like.device)
        soft = like.new_zeros(1, size, like.shape[-1])
        self._inputs = Inputs(
            whole[None].clone(), whole[None].clone(), whole - 1, soft, whole.sum()
        )
        self._hidden = torch.zeros_like(soft)
        self.replay: Callable[[], object] | None = None
        """A recording of :meth:`run`, if there is one."""

    def hidden(self, prefix: PrefixCache, canvas: Tensor, soft: Tensor) -> Tensor:
        """The decoder's output ``(B, C, H)`` for canvases ``(B, C)``."""
        used, inputs = canvas.numel(), self._inputs
        inputs.length.fill_(len(prefix))
        inputs.tokens[0, :used] = canvas.flatten()
        inputs.soft[0, :used] = soft.flatten(0, 1)
        places = torch.arange(used, device=canvas.device)
        inputs.places[0, :used] = places % canvas.shape[1] + len(prefix)
        inputs.rows.fill_(-1)
        inputs.rows[:used] = places // canvas.shape[1]
        (self.replay or self.run)()
        return self._hidden[0, :used].view(*canvas.shape, -1)

    def run(self) -> None:
        """Everything that is recorded: from the inputs to the output, nothing of it allocated anew."""
        inputs = self._inputs
        own = inputs.rows[:, None] == inputs.rows[None, :]
        masks: dict[str, Tensor] = {}
        for ring in self._rings:
            kind = "full_attention" if ring.reach.window is None else "sliding_attention"
            if kind not in masks:
                seen = _seen(ring, inputs.length).expand(self.size, -1)
                masks[kind] = _additive(torch.cat((seen, own), dim=1), self._hidden.dtype)
        self._hidden.copy_(self._forward(inputs, Behind(self._rings), masks))


class StaticPasses:
    """Passes of several sizes over the same buffers."""

    def __init__(
        self, forward: Forward, buffers: PrefixBuffers, like: Tensor, context: int
    ) -> None:
        for ring in buffers.rings:
            ring.fix(context, max(BUCKETS))
        self.buffers = buffers
        self.sizes = tuple(StaticPass(forward, buffers, like, size) for size in BUCKETS)

    def fitting(self, prefix: PrefixCache, positions: int) -> StaticPass | None:
        """The smallest that is large enough; none for a prompt elsewhere or too long.

        Which one it is, hangs on nothing else: the last bits, and so the fills, are the same
        whatever was filled before.
        """
        rings = self.buffers.rings
        if prefix.buffers is not self.buffers or any(ring.limit is None for ring in rings):
            return None
        return next((each for each in self.sizes if positions <= each.size), None)


def _seen(ring: LayerRing, length: Tensor) -> Tensor:
    """Which of a layer's slots ``(slots,)`` a canvas behind so many tokens sees."""
    slots = torch.arange(ring.limit or 0, device=length.device)
    window = ring.reach.window
    if window is None or ring.reach.ring is None:
        return slots < length
    newest = length - 1 - (length - 1 - slots) % ring.reach.ring
    return (newest >= 0) & (newest >= length - (window - 1))


def _additive(sees: Tensor, dtype: torch.dtype) -> Tensor:
    """``(1, 1, P, slots + P)``, made once for all layers of a kind."""
    mask = torch.zeros(sees.shape, dtype=dtype, device=sees.device)
    return mask.masked_fill_(~sees, float("-inf"))[None, None]
