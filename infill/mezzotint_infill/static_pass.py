"""A pass for which everything lies at the same place each time, and has the same size.

That is what a CUDA graph can record (``graphs.py``); run as it is, on any device, it gives the same.
Several canvases, or several texts, are one row of positions (``row.py``): they share the prompt, which
is read once, and a mask tells each of them from the others. The prompt's keys and values are read where
they lie, ring and all, the row's own are put behind them, and what of the ring is not to be seen is
masked by its length, which is a number on the device.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.prefix_cache import PrefixBuffers, PrefixCache
from mezzotint_infill.ring import LayerRing
from mezzotint_infill.row import Row, row_of_canvases

BUCKETS = (32, 64, 96, 128, 256)
"""Positions, of one canvas or text or of several together."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What changes from step to step, each in a tensor of its own that stays where it is."""

    tokens: Tensor  # (1, P)
    places: Tensor  # (1, P) in the file, the prompt's included
    whose: Tensor  # (P,) which canvas a position is of, -1 for what only fills up
    soft: Tensor  # (1, P, H)
    length: Tensor  # () of the prompt


class Forward(Protocol):
    """The decoder's layers, or the encoder's."""

    def __call__(self, inputs: Inputs, cache: "Behind", masks: dict[str, Tensor]) -> Tensor:
        """Hidden states ``(1, P, H)``."""
        ...


Sight = Callable[[LayerRing, Inputs], Tensor]
"""Which of a layer's slots, and which of the row's own positions, each position sees."""


class Behind:
    """What transformers' layers ask of a cache; the row goes behind all slots of the prompt."""

    is_compileable = False

    def __init__(self, rings: Sequence[LayerRing]) -> None:
        self._rings = rings

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        return self._rings[layer_idx].put_behind(key, value)


class StaticPass:
    """One number of positions."""

    def __init__(
        self, forward: Forward, sight: Sight, buffers: PrefixBuffers, like: Tensor, size: int
    ) -> None:
        """``like`` ``(..., H)`` is an embedding, for its precision and its device."""
        self.size = size
        self._forward, self._sight, self._rings = forward, sight, buffers.rings
        whole = torch.zeros(size, dtype=torch.long, device=like.device)
        soft = like.new_zeros(1, size, like.shape[-1])
        self._inputs = Inputs(
            whole[None].clone(), whole[None].clone(), whole - 1, soft, whole.sum()
        )
        self._hidden = torch.zeros_like(soft)
        self.replay: Callable[[], object] | None = None
        """A recording of :meth:`run`, if there is one."""

    def hidden(self, prefix: PrefixCache, row: Row) -> Tensor:
        """The output ``(N, H)`` for a row behind the prompt; good until the next pass."""
        used, inputs = len(row.tokens), self._inputs
        inputs.length.fill_(len(prefix))
        inputs.tokens[0, :used] = row.tokens
        inputs.places[0, :used] = row.places + len(prefix)
        inputs.whose.fill_(-1)
        inputs.whose[:used] = row.whose
        if row.soft is not None:
            inputs.soft[0, :used] = row.soft
        (self.replay or self.run)()
        return self._hidden[0, :used]

    def run(self) -> None:
        """Everything that is recorded: from the inputs to the output, nothing of it allocated anew."""
        inputs = self._inputs
        masks: dict[str, Tensor] = {}
        for ring in self._rings:
            kind = "full_attention" if ring.reach.window is None else "sliding_attention"
            if kind not in masks:
                masks[kind] = _additive(self._sight(ring, inputs), self._hidden.dtype)
        self._hidden.copy_(self._forward(inputs, Behind(self._rings), masks))


class StaticPasses:
    """Passes of several sizes over the same buffers."""

    def __init__(
        self, forward: Forward, sight: Sight, buffers: PrefixBuffers, like: Tensor
    ) -> None:
        """The buffers are fixed, with room for the largest size behind the prompt."""
        self.buffers = buffers
        self.sizes = tuple(StaticPass(forward, sight, buffers, like, size) for size in BUCKETS)

    def hidden(self, prefix: PrefixCache, canvases: Tensor, soft: Tensor) -> Tensor:
        """The output ``(B, C, H)`` for canvases ``(B, C)``, of which one fits at least.

        As many as fit go together: a second pass reads the weights again, but a row for each canvas
        would copy the prompt's keys and values as often.
        """
        together = max(BUCKETS) // canvases.shape[1]
        found: list[Tensor] = []
        for start in range(0, len(canvases), together):
            some = canvases[start : start + together]
            static = self.fitting(prefix, some.numel())
            if static is None:
                raise ValueError("These canvases do not fit.")
            hidden = static.hidden(prefix, row_of_canvases(some, soft[start : start + together]))
            # The next pass writes over what this one left.
            hidden = hidden.view(*some.shape, -1)
            found.append(hidden if len(canvases) <= together else hidden.clone())
        return found[0] if len(found) == 1 else torch.cat(found)

    def fitting(self, prefix: PrefixCache, positions: int) -> StaticPass | None:
        """The smallest that is large enough; none for a prompt elsewhere or too long.

        Which one it is, hangs on nothing else: the last bits, and so the fills, are the same
        whatever was filled before.
        """
        rings = self.buffers.rings
        if prefix.buffers is not self.buffers or any(ring.limit is None for ring in rings):
            return None
        return next((each for each in self.sizes if positions <= each.size), None)


def canvas_sees(ring: LayerRing, inputs: Inputs) -> Tensor:
    """All of its canvas, and of the prompt what the canvas' first position sees."""
    own = inputs.whose[:, None] == inputs.whose[None, :]
    seen = _seen(ring, inputs.length, inputs.length[None]).expand(len(own), -1)
    return torch.cat((seen, own), dim=1)


def text_sees(ring: LayerRing, inputs: Inputs) -> Tensor:
    """What is before it in its text and in the prompt, itself included, within the window."""
    places, window = inputs.places[0], ring.reach.window
    back = places[:, None] - places[None, :]
    own = (inputs.whose[:, None] == inputs.whose[None, :]) & (back >= 0)
    if window is not None:
        own &= back < window
    return torch.cat((_seen(ring, inputs.length, places), own), dim=1)


def _seen(ring: LayerRing, length: Tensor, places: Tensor) -> Tensor:
    """Which slots of a prompt of so many tokens ``(N, slots)`` are seen from places ``(N,)``."""
    slots = torch.arange(ring.limit or 0, device=length.device)
    window = ring.reach.window
    if window is None or ring.reach.ring is None:
        return (slots < length).expand(len(places), -1)
    newest = length - 1 - (length - 1 - slots) % ring.reach.ring
    return (newest >= 0) & (newest >= places[:, None] - (window - 1))


def _additive(sees: Tensor, dtype: torch.dtype) -> Tensor:
    """``(1, 1, P, slots + P)``, made once for all layers of a kind."""
    mask = torch.zeros(sees.shape, dtype=dtype, device=sees.device)
    return mask.masked_fill_(~sees, float("-inf"))[None, None]
