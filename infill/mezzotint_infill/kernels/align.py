"""Tokens sorted by expert, on the device: what the kernels of a mixture go by.

A routed row is one token at one of its experts, numbered ``token * k + choice``. Sorted, an
expert's rows lie together, and are cut into blocks of as many rows as a tile has. Which slot of
the table a block gets follows from where its expert's rows begin, ``begin // block + expert``:
these never overlap, and leave room for any distribution in ``rows // block + experts`` slots. So
each expert finds its own without knowing how many blocks the others have, the grid follows from
shapes alone, and slots that are left over say that they have no rows.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl

_CHUNK = 1024
"""Rows that a program looks at together."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """All tensors int32, on the device."""

    block: int
    """Places in a block."""
    order: Tensor  # (N,) the routed row at a sorted place
    place: Tensor  # (N,) the sorted place of a routed row
    ends: Tensor  # (E,) where an expert's rows end
    blocks: Tensor  # (slots, 3) expert, first place, and the place behind the last: maybe none


def slots_for(rows: int, experts: int, block: int) -> int:
    """How many blocks there are at most."""
    return rows // block + experts


def align(chosen: Tensor, experts: int, block: int) -> Alignment:
    """Sort the choices ``(T, k)``, each in ``[0, experts)``; rows of one expert keep their order."""
    rows = chosen.numel()
    order, place = chosen.new_empty((2, rows), dtype=torch.int32)
    ends = order.new_empty(experts)
    blocks = order.new_empty((slots_for(rows, experts, block), 3))
    # No expert has more slots, one of them perhaps without rows.
    most = rows // block + 2
    _align[(experts,)](
        chosen.contiguous(), order, place, ends, blocks, rows, most, block, _CHUNK,
        enable_fp_fusion=True,
    )  # fmt: skip
    return Alignment(block, order, place, ends, blocks)


@jit(do_not_specialize=["rows", "most"])
def _align(
    chosen: Pointer,
    order: Pointer,
    place: Pointer,
    ends: Pointer,
    blocks: Pointer,
    rows: Number,
    most: Number,
    BLOCK: constexpr,
    CHUNK: constexpr,
):
    expert = tl.program_id(0)
    i = tl.arange(0, CHUNK)
    begin = 0
    count = 0
    for start in range(0, rows, CHUNK):
        them = tl.load(chosen + start + i, mask=start + i < rows, other=2147483647)
        begin += tl.sum((them < expert).to(tl.int32))
        count += tl.sum((them == expert).to(tl.int32))
    tl.store(ends + expert, begin + count)
    found = begin
    for start in range(0, rows, CHUNK):
        them = tl.load(chosen + start + i, mask=start + i < rows, other=2147483647)
        mine = (them == expert).to(tl.int32)
        places = found + tl.cumsum(mine, 0) - mine
        tl.store(order + places, start + i, mask=mine == 1)
        tl.store(place + start + i, places, mask=mine == 1)
        found += tl.sum(mine)
    first = begin // BLOCK + expert
    behind = (begin + count) // BLOCK + expert + 1
    for start in range(0, most, 32):
        slot = first + start + tl.arange(0, 32)
        row = begin + (slot - first) * BLOCK
        is_mine = slot < behind
        tl.store(blocks + slot * 3, expert, mask=is_mine)
        tl.store(blocks + slot * 3 + 1, row, mask=is_mine)
        tl.store(blocks + slot * 3 + 2, tl.minimum(row + BLOCK, begin + count), mask=is_mine)
