"""One tile of ``x @ w.T``, the weight in any of the formats and widened in registers.

Shared by every kernel that multiplies. A tile has few rows of ``x`` and many of ``w``: at a canvas
of 64 an expert has 4 tokens, so a step is a stream of weights, and its arithmetic is hidden behind
it as long as a weight takes few instructions: an H200 has 8 for each FP8 weight that it reads, and
5 for one of 4 bits. Hence the formats are decoded four weights at a time (``decode.py``), and
int4's scales multiply the sums of a group, of which a tile has far fewer than weights.
"""

from mezzotint_infill.kernels.decode import e4m3_values, nibble_values
from mezzotint_infill.kernels.language import IN_PYTHON, Block, Pointer, constexpr, jit, tl

PLAIN = 0
FP8 = 1
"""As bytes: Triton knows the type on cards from 8.9 on, and converts it in more instructions."""
INT4 = 2


@jit
def product(
    x: Block,
    w: Pointer,
    scale: Pointer,
    row: Block,
    BLOCK_M: constexpr,
    BLOCK_N: constexpr,
    BLOCK_K: constexpr,
    K: constexpr,
    KIND: constexpr,
    GROUP: constexpr,
):
    """The product ``(BLOCK_M, BLOCK_N)``, in float32.

    ``x`` ``(BLOCK_M, 1)`` points to rows of K elements, ``row`` ``(BLOCK_N,)`` numbers rows of the
    weight, whose data and scales begin at ``w`` and ``scale``.
    """
    total = tl.zeros((BLOCK_M, BLOCK_N), tl.float32)
    if KIND == 2:
        w_rows = w + (row * (K // 2))[None, :]
        total = _int4_product(x, w_rows, scale + (row * (K // GROUP))[None, :], total, K, GROUP)
    else:
        k = tl.arange(0, BLOCK_K)
        w_rows = w + (row * K)[None, :]
        for start in range(0, K, BLOCK_K):
            if K % BLOCK_K == 0:
                left = tl.load(x + start + k[None, :])
                right = tl.load(w_rows + start + k[:, None])
            else:
                left = tl.load(x + start + k[None, :], mask=start + k[None, :] < K, other=0)
                right = tl.load(w_rows + start + k[:, None], mask=start + k[:, None] < K, other=0)
            if KIND == 1:
                right = e4m3_values(right, left.dtype)
            total += multiplied(left, right)
        if KIND == 1:
            total *= tl.load(scale + row)[None, :]
    return total


@jit
def _int4_product(x: Block, w: Block, scale: Block, total: Block, K: constexpr, GROUP: constexpr):
    """In each run of 64 inputs, byte j holds input j and, above it, input j + 32.

    Triton fetches ahead what goes into a dot, but not scales: they are asked for a run early here.
    """
    j = tl.arange(0, 32)
    last: constexpr = K // 64 - 1
    step: constexpr = 64 // GROUP
    low_scale = tl.load(scale)
    high_scale = tl.load(scale + step - 1)
    for run in range(K // 64):
        after = tl.minimum(run + 1, last) * step
        next_low_scale = tl.load(scale + after)
        next_high_scale = tl.load(scale + after + step - 1)
        low = tl.load(x + run * 64 + j[None, :])
        high = tl.load(x + run * 64 + 32 + j[None, :])
        both = tl.load(w + run * 32 + j[:, None])
        low_weight, high_weight = nibble_values(both, low.dtype)
        low_sum = multiplied(low, low_weight)
        high_sum = multiplied(high, high_weight)
        if GROUP == 64:
            total += (low_sum + high_sum) * low_scale.to(tl.float32)
        else:
            total += low_sum * low_scale.to(tl.float32)
            total += high_sum * high_scale.to(tl.float32)
        low_scale = next_low_scale
        high_scale = next_high_scale
    return total


@jit
def multiplied(left: Block, right: Block):
    """The product of two tiles in float32; Triton's interpreter takes bfloat16 for integers."""
    if IN_PYTHON:
        left = left.to(tl.float32)
        right = right.to(tl.float32)
    return tl.dot(left, right)
