"""What the model holds of every free position after a pass, and what chance makes of it.

On a card, what is asked of the logits is found in one pass over them (``sampled.py``); elsewhere
plain torch makes a table of chances.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.chance import Drawing
from mezzotint_infill.sampler import draw, weigh


@dataclass(frozen=True, slots=True)
class Terms:
    """What beliefs are formed under."""

    temperature: float
    forbidden: Tensor  # (4, V) by a free position's edge
    chance: Drawing
    rows: Sequence[int]
    """Which candidates the canvases are of."""


class Beliefs(Protocol):
    """Of N free positions, temperature applied; forbidden tokens are out of the question."""

    @property
    def best(self) -> Tensor:
        """The most likely tokens ``(N,)``."""
        ...

    @property
    def entropy(self) -> Tensor:
        """In nats, ``(N,)``."""
        ...

    def draw(self) -> Tensor:
        """One token each by its chance, ``(N,)``. To be asked once."""
        ...

    def soften(self) -> Tensor:
        """The mean scaled embeddings ``(N, H)`` of what is believed."""
        ...


class WeighedBeliefs:
    """In plain torch, with a table of chances ``(N, V)``."""

    def __init__(
        self,
        logits: Tensor,
        free: FreePositions,
        terms: Terms,
        soften: Callable[[Tensor], Tensor],
    ) -> None:
        """``soften`` makes mean embeddings ``(N, H)`` of chances."""
        weighed = weigh(logits, terms.temperature, terms.forbidden[free.edges])
        self.best, self.entropy = weighed.best, weighed.entropy
        self._chances, self._soften = weighed.chances, soften
        self._free, self._terms = free, terms

    def draw(self) -> Tensor:
        points = self._terms.chance.points(self._free, self._terms.rows)
        return draw(self._chances, points)

    def soften(self) -> Tensor:
        return self._soften(self._chances)


class PartedBeliefs:
    """Of more positions than are scored at once: each part has answered before the next one is."""

    def __init__(self, parts: Iterable[Callable[[], Beliefs]]) -> None:
        """A part is made when it is called; nobody else may hold on to what comes of that."""
        answers = [_answers(make()) for make in parts]
        self.best, self.entropy, self._drawn, self._soft = map(
            torch.cat, zip(*answers, strict=True)
        )

    def draw(self) -> Tensor:
        return self._drawn

    def soften(self) -> Tensor:
        return self._soft


def _answers(beliefs: Beliefs) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return beliefs.best, beliefs.entropy, beliefs.draw(), beliefs.soften()
