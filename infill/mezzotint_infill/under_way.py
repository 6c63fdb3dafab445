"""The canvases that are being denoised, on the model's device, and what they tell the host.

Nothing here waits for the device: which positions are free, and which candidates go on, is known on
the host, so every shape is; what a step came to is copied while the device works on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.canvas import Canvas, FreePositions
from mezzotint_infill.chance import Chance
from mezzotint_infill.sampler import accept


class Denoiser(Protocol):
    """The model's side of a step, the prompt already encoded."""

    vocabulary: int
    """How many tokens noise is drawn from."""

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        """What it holds of the free positions of canvases ``(B, C)``.

        ``soft`` is the self-conditioning ``(B, C, H)``.
        """
        ...

    def embed(self, tokens: Tensor) -> Tensor:
        """Scaled embeddings ``(..., H)`` of tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What a step goes by."""

    forbidden: Tensor  # (4, V) by a free position's edge
    entropy_bound: float
    confidence_threshold: float
    sure_threshold: float
    """Mean entropy in nats below which a draft need not come twice."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one step came to, for the candidates that it was computed for, on its way to the host."""

    rows: tuple[int, ...]
    _fetch: Callable[[], Sequence[Tensor]]

    def fetch(self) -> Sequence[Tensor]:
        """Drafts and entropies ``(b, M)``, and which have settled ``(b,)``; waits for the step."""
        return self._fetch()


class UnderWay:
    """The candidates that go on: tokens, self-conditioning and drafts, from step to step."""

    def __init__(self, model: Denoiser, canvas: Canvas, rules: Rules, chance: Chance) -> None:
        self._model, self._rules, self._chance = model, rules, chance
        self._device = rules.forbidden.device
        self._canvas = canvas  # of all candidates, on the host
        self._rows = tuple(range(len(canvas.tokens)))
        self._lay_out()
        self._tokens = self._here.pin(chance.noise(canvas.tokens.shape))
        self._pinned = model.embed(self._here.tokens) * ~self._here.is_free[..., None]
        self._soft = self._pinned.clone()
        self._best = torch.full_like(self._here.slots, -1)
        self._looked: tuple[Beliefs, Tensor] | None = None

    def noise(self) -> Tensor:
        """What all candidates ``(B, M)`` begin as."""
        return self._tokens.gather(1, self._here.slots).cpu()

    def advance(self, rows: Sequence[int], temperature: float) -> Looked:
        """Look at these candidates, of those that were looked at before."""
        self._renoise()
        self._keep(tuple(rows))
        free, rules = self._free, self._rules
        terms = Terms(temperature, rules.forbidden, self._chance, self._rows)
        beliefs = self._model.beliefs(self._tokens, free, self._soft, terms)
        before = self._best
        self._best = free.in_slots(beliefs.best, onto=before)
        nothing = torch.zeros(before.shape, device=before.device)
        entropy = free.in_slots(beliefs.entropy, onto=nothing)
        doubt = entropy.sum(dim=-1) / self._here.is_slot.sum(dim=-1)
        is_stable = (self._best == before).all(dim=-1)
        settled = (doubt < rules.confidence_threshold) & is_stable | (doubt < rules.sure_threshold)
        self._looked = beliefs, entropy
        return Looked(self._rows, _on_their_way((self._best, entropy, settled)))

    def _renoise(self) -> None:
        """What was accepted stays, the rest is noise again; put off until there is a next step."""
        if self._looked is None:
            return
        beliefs, entropy = self._looked
        free, here = self._free, self._here
        allowed = accept(entropy, here.is_slot, self._rules.entropy_bound)
        drawn, noise = beliefs.draw(), self._chance.tokens(free, self._rows)
        values = torch.where(allowed[free.rows, free.ranks], drawn, noise)
        self._tokens = free.on_canvas(values, onto=here.tokens)
        self._soft = free.on_canvas(beliefs.soften(), onto=self._pinned)
        self._looked = None

    def _keep(self, rows: tuple[int, ...]) -> None:
        if rows == self._rows:
            return
        kept = torch.tensor([self._rows.index(row) for row in rows], device=self._device)
        self._rows = rows
        self._lay_out()
        self._tokens, self._soft = self._tokens[kept], self._soft[kept]
        self._pinned, self._best = self._pinned[kept], self._best[kept]

    def _lay_out(self) -> None:
        canvas = self._canvas.keep(torch.tensor(self._rows))
        self._here, self._free = canvas.to(self._device), canvas.free().to(self._device)


def _on_their_way(tensors: Sequence[Tensor]) -> Callable[[], Sequence[Tensor]]:
    """Begin copying to the host; what comes back waits for that, and only for that."""
    if tensors[0].device.type != "cuda":
        return lambda: tensors
    # Without blocking, the host's side is pinned memory.
    copies = [tensor.to("cpu", non_blocking=True) for tensor in tensors]
    done: Any = torch.cuda.Event()
    done.record()

    def fetch() -> Sequence[Tensor]:
        done.synchronize()
        return copies

    return fetch
