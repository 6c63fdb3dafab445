"""The two products of a mixture, over rows that are sorted by expert, and their sum by token.

Gate's and up's rows of the weight stand in turn in a tile, so that the two sums that belong
together end up in the same thread.
"""

from typing import Any

from torch import Tensor

from mezzotint_infill.kernels.align import Alignment
from mezzotint_infill.kernels.formats import Operand, operand
from mezzotint_infill.kernels.gelu import gelu
from mezzotint_infill.kernels.language import Pointer, constexpr, jit, tl
from mezzotint_infill.kernels.product import product
from mezzotint_infill.quantized.weight import Weight

_COLUMNS = 128
"""Rows of the weight in a tile."""
_WIDTH = 1024
"""Of a block of the sum."""


def gate_up_rows(hidden: Tensor, rows: Alignment, choices: int, gate_up: Weight) -> Tensor:
    """``gelu(gate) * up`` ``(N, I)`` of the tokens ``(T, H)`` at their experts, sorted."""
    weight = operand(gate_up)
    inner = gate_up.data.shape[1] // 2
    out = hidden.new_empty((len(rows.order), inner))
    grid = (len(rows.blocks) * -(-2 * inner // _COLUMNS),)
    tile = _tile(rows, weight, hidden.shape[1], inner)
    _gate_up[grid](
        hidden, weight.data, weight.scale, rows.blocks, rows.order, out, CHOICES=choices, **tile
    )
    return out


def down_rows(inner: Tensor, rows: Alignment, down: Weight) -> Tensor:
    """``(N, H)`` of ``(N, I)``, both sorted."""
    weight = operand(down)
    out = inner.new_empty((len(rows.order), down.data.shape[1]))
    grid = (len(rows.blocks) * -(-out.shape[1] // _COLUMNS),)
    tile = _tile(rows, weight, inner.shape[1], out.shape[1])
    _down[grid](inner, weight.data, weight.scale, rows.blocks, out, **tile)
    return out


def combine(out: Tensor, rows: Alignment, weights: Tensor) -> Tensor:
    """The weighted sum ``(T, H)`` over each token's choices ``(T, k)`` of sorted rows ``(N, H)``."""
    tokens, choices = weights.shape
    width = out.shape[1]
    total = out.new_empty((tokens, width))
    _combine[(tokens, -(-width // _WIDTH))](
        out, rows.place, weights.contiguous(), total, choices, width, _WIDTH, enable_fp_fusion=True
    )
    return total


def _tile(rows: Alignment, weight: Operand, inputs: int, outputs: int) -> dict[str, Any]:
    return {
        "K": inputs,
        "OUT": outputs,
        "BLOCK_M": rows.block,
        "BLOCK_N": _COLUMNS,
        "BLOCK_K": weight.depth(inputs, rows.block),
        "KIND": weight.kind,
        "GROUP": weight.group,
        "num_warps": 4,
        "num_stages": weight.stages(rows.block),
        "enable_fp_fusion": True,
    }


@jit
def _gate_up(
    hidden: Pointer,
    w: Pointer,
    scale: Pointer,
    blocks: Pointer,
    order: Pointer,
    out: Pointer,
    CHOICES: constexpr,
    K: constexpr,
    OUT: constexpr,
    BLOCK_M: constexpr,
    BLOCK_N: constexpr,
    BLOCK_K: constexpr,
    KIND: constexpr,
    GROUP: constexpr,
):
    tiles: constexpr = (2 * OUT + BLOCK_N - 1) // BLOCK_N
    slot = tl.program_id(0) // tiles
    begin = tl.load(blocks + slot * 3 + 1)
    end = tl.load(blocks + slot * 3 + 2)
    if begin >= end:
        return
    places = begin + tl.arange(0, BLOCK_M)
    tokens = tl.load(order + tl.minimum(places, end - 1)) // CHOICES
    column = tl.program_id(0) % tiles * (BLOCK_N // 2)
    both = tl.arange(0, BLOCK_N)
    inner = tl.minimum(column + both // 2, OUT - 1) + both % 2 * OUT
    row = tl.load(blocks + slot * 3).to(tl.int64) * (2 * OUT) + inner
    x = hidden + tokens.to(tl.int64)[:, None] * K
    sums = product(x, w, scale, row, BLOCK_M, BLOCK_N, BLOCK_K, K, KIND, GROUP)
    gate, up = tl.split(tl.reshape(sums, (BLOCK_M, BLOCK_N // 2, 2)))
    columns = column + tl.arange(0, BLOCK_N // 2)
    is_there = (places < end)[:, None] & (columns < OUT)[None, :]
    where = out + places.to(tl.int64)[:, None] * OUT + columns[None, :]
    tl.store(where, (gelu(gate) * up).to(out.dtype.element_ty), mask=is_there)


@jit
def _down(
    inner: Pointer,
    w: Pointer,
    scale: Pointer,
    blocks: Pointer,
    out: Pointer,
    K: constexpr,
    OUT: constexpr,
    BLOCK_M: constexpr,
    BLOCK_N: constexpr,
    BLOCK_K: constexpr,
    KIND: constexpr,
    GROUP: constexpr,
):
    tiles: constexpr = (OUT + BLOCK_N - 1) // BLOCK_N
    slot = tl.program_id(0) // tiles
    begin = tl.load(blocks + slot * 3 + 1)
    end = tl.load(blocks + slot * 3 + 2)
    if begin >= end:
        return
    places = begin + tl.arange(0, BLOCK_M)
    columns = tl.program_id(0) % tiles * BLOCK_N + tl.arange(0, BLOCK_N)
    row = tl.load(blocks + slot * 3).to(tl.int64) * OUT + tl.minimum(columns, OUT - 1)
    x = inner + tl.minimum(places, end - 1).to(tl.int64)[:, None] * K
    sums = product(x, w, scale, row, BLOCK_M, BLOCK_N, BLOCK_K, K, KIND, GROUP)
    is_there = (places < end)[:, None] & (columns < OUT)[None, :]
    where = out + places.to(tl.int64)[:, None] * OUT + columns[None, :]
    tl.store(where, sums.to(out.dtype.element_ty), mask=is_there)


@jit
def _combine(
    out: Pointer,
    place: Pointer,
    weights: Pointer,
    total: Pointer,
    CHOICES: constexpr,
    WIDTH: constexpr,
    BLOCK: constexpr,
):
    token = tl.program_id(0)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    is_there = column < WIDTH
    acc = tl.zeros((BLOCK,), tl.float32)
    for choice in range(CHOICES):
        row = tl.load(place + token * CHOICES + choice).to(tl.int64)
        weight = tl.load(weights + token * CHOICES + choice).to(tl.float32)
        acc += weight * tl.load(out + row * WIDTH + column, mask=is_there, other=0).to(tl.float32)
    tl.store(total + token.to(tl.int64) * WIDTH + column, acc, mask=is_there)
