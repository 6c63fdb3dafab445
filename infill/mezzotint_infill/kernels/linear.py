"""Linear layers with weights of fewer bits than what is multiplied with them."""

import torch.nn.functional as F
from torch import Tensor

from mezzotint_infill.kernels.formats import operand
from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl
from mezzotint_infill.kernels.product import product
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight

MOST_ROWS = 256
"""Beyond, arithmetic takes longer than reading the weight twice, and cuBLAS is better at that."""


def linear(x: Tensor, weight: Weight) -> Tensor:
    """``x @ weight.T`` ``(..., N)`` of ``x`` ``(..., K)`` and a weight ``(N, K)``.

    torch's own ``F.scaled_mm`` is no choice here: it multiplies FP8 by FP8, so that activations
    would lose all but 3 bits of their fractions.
    """
    rows = x.reshape(-1, x.shape[-1])
    if weight.format is Format.BF16:
        return F.linear(x, weight.data.to(x.dtype))
    if len(rows) > MOST_ROWS:
        return _widened_linear(x, weight)
    return tiled_linear(rows, weight).view(*x.shape[:-1], weight.data.shape[0])


def _widened_linear(x: Tensor, weight: Weight) -> Tensor:
    """FP8 is widened as it is, and scaled when it is summed up: no copy in float32 is made."""
    if weight.format is Format.FP8 and weight.scale is not None:
        return (F.linear(x, weight.data.to(x.dtype)) * weight.scale).to(x.dtype)
    return F.linear(x, weight.dequantized(x.dtype))


def tiled_linear(x: Tensor, weight: Weight) -> Tensor:
    """:func:`linear` of rows ``(M, K)`` by our kernel, in any format.

    Tiles that differ in rows only are started together, so that one of them brings the weights
    into the cache for the others. Layers that are not wide get narrow tiles, to be spread over
    more of a card.
    """
    bits, (rows, inputs), outputs = operand(weight), x.shape, weight.data.shape[0]
    block_m = 16 if rows <= 16 else 32 if rows <= 32 else 64
    block_n = 64 if outputs >= 4096 else 32
    out = x.new_empty((rows, outputs))
    _linear[(-(-rows // block_m), -(-outputs // block_n))](
        x.contiguous(), bits.data, bits.scale, out, rows, K=inputs, OUT=outputs,
        BLOCK_M=block_m, BLOCK_N=block_n, BLOCK_K=bits.depth(inputs, block_m), KIND=bits.kind,
        GROUP=bits.group, num_warps=4, num_stages=bits.stages(block_m), enable_fp_fusion=True,
    )  # fmt: skip
    return out


@jit(do_not_specialize=["rows"])
def _linear(
    x: Pointer,
    w: Pointer,
    scale: Pointer,
    out: Pointer,
    rows: Number,
    K: constexpr,
    OUT: constexpr,
    BLOCK_M: constexpr,
    BLOCK_N: constexpr,
    BLOCK_K: constexpr,
    KIND: constexpr,
    GROUP: constexpr,
):
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    column = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)
    x_rows = x + tl.minimum(row, rows - 1).to(tl.int64)[:, None] * K
    w_row = tl.minimum(column, OUT - 1).to(tl.int64)
    sums = product(x_rows, w, scale, w_row, BLOCK_M, BLOCK_N, BLOCK_K, K, KIND, GROUP)
    is_there = (row < rows)[:, None] & (column < OUT)[None, :]
    where = out + row.to(tl.int64)[:, None] * OUT + column[None, :]
    tl.store(where, sums.to(out.dtype.element_ty), mask=is_there)
