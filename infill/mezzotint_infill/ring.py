"""One layer's keys and values, kept by place and written over in place.

A full layer keeps every place. A sliding one keeps a ring: its window, and some more so that an edit
a little further back finds the window that it needs still there. Transformers' own caches cannot
take anything back beyond the window (``DynamicCache.crop``) or are wrong there (``StaticCache``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

GROWTH = 1024
"""Places that are made room for at once."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a prompt a layer looks at, and how much more of it is kept."""

    window: int | None
    """How far a sliding layer looks, in tokens, its own included; ``None`` for a full one."""
    ring: int | None
    """Places a sliding layer keeps: a multiple of the stride, so that no stride wraps around."""

    @classmethod
    def of_window(cls, window: int, slack: int, stride: int) -> "Reach":
        """Of a sliding layer whose prompts can be cut back by ``slack`` tokens at least."""
        wanted = window - 1 + max(slack, stride)
        return cls(window, -(-wanted // stride) * stride)

    def start(self, place: int) -> int:
        """The first place that the token at ``place``, and one of a canvas there, still sees."""
        return 0 if self.window is None else max(0, place - (self.window - 1))


FULL = Reach(None, None)


class LayerRing:
    """Keys and values ``(1, key heads, places, head width)``, on the device of ``empty``."""

    def __init__(self, empty: Tensor, reach: Reach) -> None:
        self.reach = reach
        self._keys, self._values = empty, empty
        self._oldest = 0
        self._limit: int | None = None

    @property
    def keys(self) -> Tensor:
        """All there is room for, place ``p`` at ``p`` modulo the ring."""
        return self._keys

    @property
    def values(self) -> Tensor:
        return self._values

    @property
    def bytes(self) -> int:
        return self._keys.nbytes + self._values.nbytes

    def holds_window_of(self, place: int) -> bool:
        """Whether all that the token at ``place`` sees is still here."""
        return self.reach.start(place) >= self._oldest

    def reserve(self, places: int) -> None:
        """Make room; what is here stays where it is, and what is new is 0, never garbage.

        A masked place counts for nothing only if what stands there is a number.
        """
        ring = self.reach.ring
        wanted = places if ring is None else min(places, ring)
        if wanted > self._keys.shape[2]:
            self._keys = _grown(self._keys, wanted)
            self._values = _grown(self._values, wanted)

    def fix(self, places: int, behind: int) -> None:
        """Settle where everything is for good: so many places, and room for a canvas behind them."""
        self.reserve(-(-places // GROWTH) * GROWTH)
        self._limit = self._keys.shape[2]
        self._keys, self._values = (
            _grown(tensor, self._limit + behind) for tensor in (self._keys, self._values)
        )

    @property
    def limit(self) -> int | None:
        """How many slots there are for the prompt, if that is settled."""
        return self._limit

    def put_behind(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """A canvas behind all slots of the prompt, whichever of them hold something; and all that."""
        if self._limit is None:
            raise ValueError("There is no room for a canvas: it was not settled where.")
        end = self._limit + keys.shape[2]
        self._keys[:, :, self._limit : end] = keys
        self._values[:, :, self._limit : end] = values
        return self._keys[:, :, :end], self._values[:, :, :end]

    def write(self, keys: Tensor, values: Tensor, at: int) -> None:
        """Put down what a pass made of the tokens from ``at`` on; later ones are void."""
        end = at + keys.shape[2]
        if self._limit is not None and self._limit < min(end, self.reach.ring or end):
            self._limit = None  # It was settled for shorter prompts.
        if self._limit is None:
            self.reserve(-(-end // GROWTH) * GROWTH)
        if at == 0:
            self._oldest = 0
        if self.reach.ring is not None:
            self._oldest = max(self._oldest, end - self.reach.ring)
        first = self._slot(at)
        self._keys[:, :, first : first + keys.shape[2]] = keys
        self._values[:, :, first : first + keys.shape[2]] = values

    def pieces(self, start: int, end: int) -> Sequence[tuple[Tensor, Tensor]]:
        """Keys and values of the places from ``start`` to ``end``, in order, none of them copied."""
        if start == end:
            return ()
        first, last = self._slot(start), self._slot(end - 1) + 1
        spans = [(first, last)] if first < last else [(first, self.reach.ring), (0, last)]
        return [(self._keys[:, :, a:b], self._values[:, :, a:b]) for a, b in spans]

    def _slot(self, place: int) -> int:
        return place if self.reach.ring is None else place % self.reach.ring


def _grown(tensor: Tensor, places: int) -> Tensor:
    batch, heads, kept, width = tensor.shape
    more = tensor.new_zeros(batch, heads, places - kept, width)
    return torch.cat((tensor, more), dim=2)
