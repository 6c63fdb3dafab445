"""Soft embeddings: the mean embedding of what the model believes, without a table of chances.

The chances of 64 positions are 67 MB in float32, and half that in bfloat16. They are made for one
part of the vocabulary at a time, in bfloat16 and from the logits and their log-sum-exp alone, and
multiplied with that part of the embeddings; the products are added up in float32.

For embeddings in bfloat16, cuBLAS multiplies: the product is long and plain, and the chances are
read from the cache. A single kernel that made chances where it multiplies them would make each 22
times, once for every 128 columns of the embeddings, and be bound by that. For FP8 torch would have
to write the embeddings down in bfloat16 first, five times the traffic; so that product is a kernel
of ours. Each of its programs adds up one share of the part, and always the same one, so that the
order of additions is fixed.
"""

import torch
from torch import Tensor

from mezzotint_infill.kernels.decode import e4m3_values
from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl
from mezzotint_infill.kernels.product import multiplied
from mezzotint_infill.kernels.scores import Scores, tempered_score
from mezzotint_infill.memory.cost import CHANCES
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight

_SHARES = 8
"""Programs along the vocabulary: with 22 across the embeddings, more than a card has cores."""
_COLUMNS = 128
_BLOCK = 1024


def soften(
    scores: Scores, log_sum_exp: Tensor, embeddings: Weight, scale: float, part: int = CHANCES
) -> Tensor:
    """The mean ``(N, H)`` of embeddings ``(V, H)`` by the scores' chances, times ``scale``.

    ``part`` is how many tokens' chances are there at a time: a quarter of the vocabulary, which
    makes 8 MB for 64 positions.
    """
    rows, width = len(scores.edges), embeddings.data.shape[1]
    is_plain = embeddings.format is Format.BF16
    dtype = embeddings.data.dtype if is_plain else torch.bfloat16
    shares = 1 if is_plain else _SHARES
    total = log_sum_exp.new_zeros((shares, rows, width))
    for start in range(0, scores.logits.shape[1], part):
        some = embeddings.data[start : start + part]
        chances = some.new_empty((rows, len(some)), dtype=dtype)
        _chances(scores, log_sum_exp, embeddings.scale, chances, start)
        if is_plain:
            total[0] += chances @ some
        else:
            _add_product(chances, some, total)
    return (total.sum(dim=0) * scale).to(dtype)


def _chances(
    scores: Scores, log_sum_exp: Tensor, row_scale: Tensor | None, out: Tensor, start: int
) -> None:
    """Write the chances ``(N, P)`` of a part that begins at ``start``, each times its row's scale."""
    rows, tokens = out.shape
    _write_chances[(-(-tokens // _BLOCK), rows)](
        *scores.arguments(), log_sum_exp, log_sum_exp if row_scale is None else row_scale, out,
        start, tokens, row_scale is not None, _BLOCK, enable_fp_fusion=True,
    )  # fmt: skip


def _add_product(chances: Tensor, bits: Tensor, total: Tensor) -> None:
    """Add ``chances`` ``(N, P)`` @ FP8 ``(P, H)`` to ``(shares, N, H)``, each share to its own."""
    (rows, tokens), width = chances.shape, bits.shape[1]
    block_m = 16 if rows <= 16 else 32 if rows <= 32 else 64
    grid = (-(-rows // block_m), -(-width // _COLUMNS), _SHARES)
    share = -(-tokens // (_SHARES * 64)) * 64
    _add_share[grid](
        chances, bits.view(torch.uint8), total, rows, tokens, share, WIDTH=width, BLOCK_M=block_m,
        BLOCK_N=_COLUMNS, BLOCK_K=64, num_warps=4, num_stages=4, enable_fp_fusion=True,
    )  # fmt: skip


@jit(do_not_specialize=["cap", "start"])
def _write_chances(
    logits: Pointer,
    masks: Pointer,
    edges: Pointer,
    temperature: Pointer,
    cap: Number,
    vocabulary: Number,
    log_sum_exp: Pointer,
    row_scale: Pointer,
    out: Pointer,
    start: Number,
    tokens: Number,
    HAS_SCALE: constexpr,
    BLOCK: constexpr,
):
    row = tl.program_id(1)
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    is_there = i < tokens
    score = tempered_score(logits, masks, edges, temperature, cap, vocabulary, row, start + i)
    chance = tl.exp(score - tl.load(log_sum_exp + row))
    if HAS_SCALE:
        chance *= tl.load(row_scale + start + i, mask=is_there, other=0)
    at = row.to(tl.int64) * tokens + i
    tl.store(out + at, chance.to(out.dtype.element_ty), mask=is_there)


@jit(do_not_specialize=["rows"])
def _add_share(
    chances: Pointer,
    bits: Pointer,
    total: Pointer,
    rows: Number,
    tokens: Number,
    share: Number,
    WIDTH: constexpr,
    BLOCK_M: constexpr,
    BLOCK_N: constexpr,
    BLOCK_K: constexpr,
):
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    column = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)
    begin = tl.program_id(2) * share
    end = tl.minimum(begin + share, tokens)
    k = tl.arange(0, BLOCK_K)
    left_rows = chances + tl.minimum(row, rows - 1).to(tl.int64)[:, None] * tokens
    columns = tl.minimum(column, WIDTH - 1)
    sums = tl.zeros((BLOCK_M, BLOCK_N), tl.float32)
    for start in range(0, share, BLOCK_K):
        token = begin + start + k
        left = tl.load(left_rows + token[None, :], mask=token[None, :] < end, other=0)
        at = token[:, None].to(tl.int64) * WIDTH + columns[None, :]
        right = tl.load(bits + at, mask=token[:, None] < end, other=0)
        sums += multiplied(left, e4m3_values(right, left.dtype))
    is_there = (row < rows)[:, None] & (column < WIDTH)[None, :]
    at = (tl.program_id(2).to(tl.int64) * rows + row[:, None]) * WIDTH + column[None, :]
    before = tl.load(total + at, mask=is_there, other=0)
    tl.store(total + at, before + sums, mask=is_there)
