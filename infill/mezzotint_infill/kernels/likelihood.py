"""How likely given tokens are: one look at the logits, and no table of chances.

As ``sample.py`` does it: each program reads one chunk of one row, a second kernel adds up a row's
chunks, and reads the one logit that was asked about.
"""

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl
from mezzotint_infill.kernels.scores import capped

_CHUNK = 4096


def log_chances(logits: Tensor, cap: float, tokens: Tensor) -> Tensor:
    """The log of each row's chance ``(N,)`` float32 of its own token ``(N,)`` int64.

    Logits ``(N, V)`` are those of the output layer, before the cap.
    """
    logits = logits.contiguous()
    rows, vocabulary = logits.shape
    chunks = -(-vocabulary // _CHUNK)
    sums = logits.new_empty((2, rows, chunks), dtype=torch.float32)
    found = sums.new_empty(rows)
    wide = 1 << (chunks - 1).bit_length()
    _add_chunks[(chunks, rows)](logits, cap, vocabulary, sums, _CHUNK, enable_fp_fusion=True)
    _compare[(rows,)](
        logits, cap, vocabulary, tokens.contiguous(), sums, found, rows, chunks, wide,
        enable_fp_fusion=True,
    )  # fmt: skip
    return found


@jit
def _add_chunks(logits: Pointer, cap: Number, vocabulary: Number, sums: Pointer, CHUNK: constexpr):
    row = tl.program_id(1)
    token = tl.program_id(0) * CHUNK + tl.arange(0, CHUNK)
    is_there = token < vocabulary
    at = row.to(tl.int64) * vocabulary + token
    score = capped(tl.load(logits + at, mask=is_there, other=0).to(tl.float32), cap)
    score = tl.where(is_there, score, -float("inf"))
    highest = tl.max(score)
    chunks = tl.num_programs(0)
    here = row * chunks + tl.program_id(0)
    tl.store(sums + here, highest)
    tl.store(sums + tl.num_programs(1) * chunks + here, tl.sum(tl.exp(score - highest)))


@jit(do_not_specialize=["rows"])
def _compare(
    logits: Pointer,
    cap: Number,
    vocabulary: Number,
    tokens: Pointer,
    sums: Pointer,
    found: Pointer,
    rows: Number,
    chunks: Number,
    WIDE: constexpr,
):
    row = tl.program_id(0)
    chunk = tl.arange(0, WIDE)
    here = row * chunks + chunk
    is_there = chunk < chunks
    highest = tl.load(sums + here, mask=is_there, other=-float("inf"))
    total = tl.load(sums + rows * chunks + here, mask=is_there, other=0)
    level = tl.max(highest)
    all_of_it = level + tl.log(tl.sum(total * tl.exp(highest - level)))
    own = tl.load(logits + row.to(tl.int64) * vocabulary + tl.load(tokens + row))
    tl.store(found + row, capped(own.to(tl.float32), cap) - all_of_it)
