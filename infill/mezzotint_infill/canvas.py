"""The token block that is denoised: pinned piece, free positions, pinned suffix, closing."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.prompt import Prompt
from mezzotint_infill.seams import FIRST, LAST

BUCKETS = (32, 48, 64, 96, 128, 192, 256)
"""Canvas lengths; a canvas is filled up to one of them, so that no mask is needed."""
NEAR_SUFFIX = 16
"""Tokens of the suffix that a canvas shows at least, if there are so many."""


@dataclass(frozen=True, slots=True)
class FreePositions:
    """All ``N`` free positions of several canvases in a row, candidate after candidate."""

    rows: Tensor  # (N,) which canvas
    columns: Tensor  # (N,) where in it
    ranks: Tensor  # (N,) which one of its canvas' free positions, from 0
    edges: Tensor  # (N,) whether it is ``INSIDE``, ``FIRST``, ``LAST`` or ``ONLY`` (``seams.py``)

    def to(self, device: torch.device) -> "FreePositions":
        return FreePositions(*(part.to(device) for part in (
            self.rows, self.columns, self.ranks, self.edges
        )))  # fmt: skip

    def part(self, which: slice) -> "FreePositions":
        """Some of them."""
        return FreePositions(
            self.rows[which], self.columns[which], self.ranks[which], self.edges[which]
        )

    def on_canvas(self, values: Tensor, onto: Tensor) -> Tensor:
        """Values ``(N, ...)`` at their places in a copy of ``(B, C, ...)``."""
        return onto.index_put((self.rows, self.columns), values)

    def in_slots(self, values: Tensor, onto: Tensor) -> Tensor:
        """Values ``(N,)`` at their places in a copy of ``(B, M)``."""
        return onto.index_put((self.rows, self.ranks), values)


@dataclass(frozen=True, slots=True)
class Canvas:
    """``B`` candidates of ``C`` positions each; the free ones as a padded list of ``M`` slots."""

    tokens: Tensor  # (B, C) with anything at all at free positions
    is_free: Tensor  # (B, C)
    slots: Tensor  # (B, M) the free positions in order, padded with 0
    is_slot: Tensor  # (B, M)
    edges: Tensor  # (B, M) which tokens may stand there: a row of what is forbidden

    def pin(self, tokens: Tensor) -> Tensor:
        """These tokens where free, the pinned ones everywhere else."""
        return torch.where(self.is_free, tokens, self.tokens)

    def free(self) -> FreePositions:
        """Without the padding; asks the device how many there are."""
        rows, ranks = self.is_slot.nonzero(as_tuple=True)
        return FreePositions(rows, self.slots[rows, ranks], ranks, self.edges[rows, ranks])

    def to(self, device: torch.device) -> "Canvas":
        return Canvas(*(part.to(device) for part in (
            self.tokens, self.is_free, self.slots, self.is_slot, self.edges
        )))  # fmt: skip

    def keep(self, rows: Tensor) -> "Canvas":
        """Only these candidates."""
        return Canvas(
            self.tokens[rows],
            self.is_free[rows],
            self.slots[rows],
            self.is_slot[rows],
            self.edges[rows],
        )


@dataclass(frozen=True, slots=True)
class Middle:
    """What one canvas has between the prefix's piece and the suffix, if it is not all free."""

    tokens: tuple[int, ...]
    free: tuple[int, ...]
    """Which of them are, in order."""
    edges: tuple[int, ...]
    """For each free one, a row of what is forbidden."""


def longest_hole(prompt: Prompt, canvas_length: int) -> int:
    """The most free positions that fit beside what has to stand around them."""
    beside = min(len(prompt.suffix), NEAR_SUFFIX // 2) if prompt.suffix else 1
    return canvas_length - len(prompt.piece) - beside


def lay_out(prompt: Prompt, lengths: Sequence[int], canvas_length: int) -> Canvas:
    """One canvas a length, all of the smallest bucket that shows enough of the suffix."""
    size = _size(prompt, max(lengths), canvas_length)
    tokens = torch.tensor([_row(prompt, length, size) for length in lengths])
    first = len(prompt.piece)
    places = torch.arange(size)
    ends = first + torch.tensor(lengths)[:, None]
    is_free = (places >= first) & (places < ends)
    steps = torch.arange(max(lengths)).expand(len(lengths), -1)
    is_slot = steps < torch.tensor(lengths)[:, None]
    edges = FIRST * (steps == 0) + LAST * (steps + 1 == torch.tensor(lengths)[:, None])
    return Canvas(tokens, is_free, (steps + first) * is_slot, is_slot, edges * is_slot)


def lay_out_middles(prompt: Prompt, middles: Sequence[Middle], canvas_length: int) -> Canvas:
    """One canvas a middle, of which some tokens are pinned; each middle has a free one."""
    size = _size(prompt, max(len(middle.tokens) for middle in middles), canvas_length)
    tokens = torch.tensor([_around(prompt, middle.tokens, size) for middle in middles])
    width = max(len(middle.free) for middle in middles)
    slots, edges = (torch.zeros(len(middles), width, dtype=torch.long) for _ in range(2))
    is_slot = torch.zeros(len(middles), width, dtype=torch.bool)
    for row, middle in enumerate(middles):
        count = len(middle.free)
        slots[row, :count] = torch.tensor(middle.free) + len(prompt.piece)
        edges[row, :count] = torch.tensor(middle.edges)
        is_slot[row, :count] = True
    rows, ranks = is_slot.nonzero(as_tuple=True)
    is_free = torch.zeros_like(tokens, dtype=torch.bool)
    is_free[rows, slots[rows, ranks]] = True
    return Canvas(tokens, is_free, slots, is_slot, edges)


def _size(prompt: Prompt, middle: int, canvas_length: int) -> int:
    after = len(prompt.suffix) + len(prompt.closing)
    wanted = len(prompt.piece) + middle + min(NEAR_SUFFIX, after)
    fitting = [bucket for bucket in BUCKETS if wanted <= bucket <= canvas_length]
    return min(fitting, default=canvas_length)


def _row(prompt: Prompt, length: int, size: int) -> list[int]:
    return _around(prompt, [prompt.closing[-1]] * length, size)


def _around(prompt: Prompt, middle: Sequence[int], size: int) -> list[int]:
    row = [*prompt.piece, *middle, *prompt.suffix]
    row += [*prompt.closing, *([prompt.closing[-1]] * size)]
    return row[:size]
