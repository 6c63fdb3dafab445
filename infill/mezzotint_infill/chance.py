"""What chance decides at a step: which token is drawn at a free position, and which noise is there."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.sampler import noise


class Chance(Protocol):
    """Drawn anew at each step; the same again for the same seed."""

    def noise(self, shape: torch.Size) -> Tensor:
        """Random tokens."""
        ...

    def at(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """A point from 0 to 1 and a random token for each free position, ``(N,)``.

        ``rows`` tells which candidates the canvases are of.
        """
        ...


class ChanceInTurn:
    """As many numbers as are needed: what a candidate gets hangs on who else is still computed."""

    def __init__(self, generator: torch.Generator, vocabulary: int) -> None:
        self._generator, self._vocabulary = generator, vocabulary

    def noise(self, shape: torch.Size) -> Tensor:
        return noise(shape, self._vocabulary, self._generator)

    def at(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        generator = self._generator
        points = torch.rand(free.rows.shape, generator=generator, device=generator.device)
        return points, self.noise(free.rows.shape)


class ChanceOfEach(ChanceInTurn):
    """Numbers for every slot of every candidate: the same whenever others are left behind."""

    def __init__(self, generator: torch.Generator, vocabulary: int, slots: torch.Size) -> None:
        super().__init__(generator, vocabulary)
        self._slots = slots

    def at(self, free: FreePositions, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        generator = self._generator
        points = torch.rand(self._slots, generator=generator, device=generator.device)
        tokens = self.noise(self._slots)
        own = torch.tensor(rows).to(generator.device, non_blocking=True)[free.rows], free.ranks
        return points[own], tokens[own]
