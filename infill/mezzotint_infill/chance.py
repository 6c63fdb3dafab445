"""What chance decides at a step: which token is drawn at a free position, and which noise is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.sampler import noise


class Drawing(Protocol):
    """What tokens are drawn by; anew at each step, the same again for the same seed.

    ``rows`` tells which candidates the canvases of ``N`` free positions are of.
    """

    def points(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        """A point from 0 to 1 for each, ``(N,)``."""
        ...

    def counted(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """What noise is worked out from where it is not drawn.

        The seed and how often this was asked ``(2,)``, and for each position a number ``(N,)``.
        """
        ...


class Chance(Drawing, Protocol):
    """All that chance decides."""

    def noise(self, shape: torch.Size) -> Tensor:
        """Random tokens."""
        ...

    def tokens(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        """A random token for each free position, ``(N,)``."""
        ...


class ChanceInTurn:
    """As many numbers as are needed: what a candidate gets hangs on who else is still computed."""

    def __init__(self, generator: torch.Generator, vocabulary: int) -> None:
        self._generator, self._vocabulary = generator, vocabulary
        self._asked = 0

    def noise(self, shape: torch.Size) -> Tensor:
        return noise(shape, self._vocabulary, self._generator)

    def tokens(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return self.noise(free.rows.shape)

    def points(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return self._points(free.rows.shape)

    def counted(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        return self._seed_and_count(), torch.arange(len(free.rows), device=free.rows.device)

    def _points(self, shape: torch.Size) -> Tensor:
        return torch.rand(shape, generator=self._generator, device=self._generator.device)

    def _seed_and_count(self) -> Tensor:
        """Filled in on the device: numbers that are copied there would be waited for."""
        self._asked += 1
        # Generators count seeds up to 2^64.
        seed = self._generator.initial_seed() & (2**63 - 1)
        both = torch.full((2,), seed, dtype=torch.long, device=self._generator.device)
        both[1:].fill_(self._asked)
        return both


class ChanceOfEach(ChanceInTurn):
    """Numbers for every slot of every candidate: the same whenever others are left behind."""

    def __init__(self, generator: torch.Generator, vocabulary: int, slots: torch.Size) -> None:
        super().__init__(generator, vocabulary)
        self._slots = slots

    def tokens(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return self.noise(self._slots)[self._candidates(free, rows), free.ranks]

    def points(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return self._points(self._slots)[self._candidates(free, rows), free.ranks]

    def counted(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        slots = self._candidates(free, rows) * self._slots[1] + free.ranks
        return self._seed_and_count(), slots

    def _candidates(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return torch.tensor(rows).to(free.rows.device, non_blocking=True)[free.rows]


class AskedOnce:
    """What chance says of all positions of a step, for those who look at them part by part."""

    def __init__(self, chance: Drawing, free: FreePositions, rows: Sequence[int]) -> None:
        self._chance, self._free, self._rows = chance, free, rows

    def share(self, which: slice) -> Drawing:
        """What it says of some of them."""
        return _Share(self, which)

    @cached_property
    def points(self) -> Tensor:
        return self._chance.points(self._free, self._rows)

    @cached_property
    def counted(self) -> tuple[Tensor, Tensor]:
        return self._chance.counted(self._free, self._rows)


@dataclass(frozen=True, slots=True)
class _Share:
    _of: AskedOnce
    _which: slice

    def points(self, free: FreePositions, rows: Sequence[int]) -> Tensor:
        return self._of.points[self._which]

    def counted(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        noise, slots = self._of.counted
        return noise, slots[self._which]
