"""What a step wants to know of its logits, in one pass over them.

Each program reads one chunk of one row and keeps six numbers, so that a few rows still fill a
card; a second, small kernel adds up a row's chunks. Entropy is ``log s - u / s`` with ``s`` the sum
of ``exp(x - max)`` and ``u`` that of ``exp(x - max) * (x - max)``.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Block, Number, Pointer, constexpr, jit, tl
from mezzotint_infill.kernels.noise import LANE, gumbel, noise_words
from mezzotint_infill.kernels.scores import Scores, tempered_score

_CHUNK = 4 * LANE


@dataclass(frozen=True, slots=True)
class Sampled:
    """Of N positions, temperature applied."""

    best: Tensor  # (N,) int64, the most likely token; the first of equals
    drawn: Tensor  # (N,) int64, one token by its chance
    entropy: Tensor  # (N,) in nats
    log_sum_exp: Tensor  # (N,) a chance is exp(score - this)


def sample(scores: Scores, noise: Tensor, slots: Tensor) -> Sampled:
    """Look at all tokens of all rows, of which each has one at least that is not forbidden.

    ``noise`` ``(2,)`` int64 is the seed and the number of the step. ``slots`` ``(N,)`` int64 tells
    rows apart: what is drawn in a row hangs on its slot, and not on which rows go along.
    """
    rows, vocabulary = scores.logits.shape
    chunks = -(-vocabulary // _CHUNK)
    sums = scores.logits.new_empty((4, rows, chunks), dtype=torch.float32)
    tokens = scores.edges.new_empty((2, rows, chunks), dtype=torch.int32)
    _look[(chunks, rows)](
        *scores.arguments(), noise, slots.contiguous(), sums, tokens, LANE, enable_fp_fusion=True
    )
    floats = sums.new_empty((2, rows))
    found = tokens.new_empty((2, rows), dtype=torch.int64)
    wide = 1 << (chunks - 1).bit_length()
    _add_up[(rows,)](sums, tokens, floats, found, rows, chunks, wide, enable_fp_fusion=True)
    return Sampled(found[0], found[1], floats[0], floats[1])


@jit
def _look(
    logits: Pointer,
    masks: Pointer,
    edges: Pointer,
    temperature: Pointer,
    cap: Number,
    vocabulary: Number,
    noise: Pointer,
    slots: Pointer,
    sums: Pointer,
    tokens: Pointer,
    LANE: constexpr,
):
    row = tl.program_id(1)
    i = tl.arange(0, LANE)
    a = tl.program_id(0) * 4 * LANE + i
    b, c, d = a + LANE, a + 2 * LANE, a + 3 * LANE
    at_a = tempered_score(logits, masks, edges, temperature, cap, vocabulary, row, a)
    at_b = tempered_score(logits, masks, edges, temperature, cap, vocabulary, row, b)
    at_c = tempered_score(logits, masks, edges, temperature, cap, vocabulary, row, c)
    at_d = tempered_score(logits, masks, edges, temperature, cap, vocabulary, row, d)
    highest, best = _highest(at_a, at_b, at_c, at_d, a, LANE)
    level = tl.where(highest == -float("inf"), 0.0, highest)
    total = tl.exp(at_a - level) + tl.exp(at_b - level)
    total += tl.exp(at_c - level) + tl.exp(at_d - level)
    spread = _spread(at_a, level) + _spread(at_b, level)
    spread += _spread(at_c, level) + _spread(at_d, level)
    words = noise_words(noise, tl.load(slots + row), tl.program_id(0) * LANE + i)
    at_a += gumbel(words[0])
    at_b += gumbel(words[1])
    at_c += gumbel(words[2])
    at_d += gumbel(words[3])
    noisiest, drawn = _highest(at_a, at_b, at_c, at_d, a, LANE)
    chunks = tl.num_programs(0)
    rows = tl.num_programs(1)
    here = row * chunks + tl.program_id(0)
    tl.store(sums + here, highest)
    tl.store(sums + rows * chunks + here, tl.sum(total))
    tl.store(sums + 2 * rows * chunks + here, tl.sum(spread))
    tl.store(sums + 3 * rows * chunks + here, noisiest)
    tl.store(tokens + here, best)
    tl.store(tokens + rows * chunks + here, drawn)


@jit
def _highest(at_a: Block, at_b: Block, at_c: Block, at_d: Block, token: Block, LANE: constexpr):
    """The highest score of four lanes, and the first token that has it."""
    highest = tl.max(tl.maximum(tl.maximum(at_a, at_b), tl.maximum(at_c, at_d)))
    far: constexpr = 2147483647
    first = tl.where(at_d == highest, token + 3 * LANE, far)
    first = tl.where(at_c == highest, token + 2 * LANE, first)
    first = tl.where(at_b == highest, token + LANE, first)
    first = tl.where(at_a == highest, token, first)
    return highest, tl.min(first)


@jit
def _spread(scores: Block, level: Number):
    below = tl.where(scores == -float("inf"), 0.0, scores - level)
    return tl.exp(scores - level) * below


@jit(do_not_specialize=["rows"])
def _add_up(
    sums: Pointer,
    tokens: Pointer,
    floats: Pointer,
    found: Pointer,
    rows: Number,
    chunks: Number,
    WIDE: constexpr,
):
    row = tl.program_id(0)
    chunk = tl.arange(0, WIDE)
    here = row * chunks + chunk
    is_there = chunk < chunks
    step = rows * chunks
    highest = tl.load(sums + here, mask=is_there, other=-float("inf"))
    total = tl.load(sums + step + here, mask=is_there, other=0)
    spread = tl.load(sums + 2 * step + here, mask=is_there, other=0)
    noisiest = tl.load(sums + 3 * step + here, mask=is_there, other=-float("inf"))
    level = tl.max(highest)
    below = tl.where(highest == -float("inf"), 0.0, highest - level)
    share = tl.where(highest == -float("inf"), 0.0, tl.exp(below))
    s = tl.sum(share * total)
    u = tl.sum(share * (spread + total * below))
    tl.store(floats + row, tl.log(s) - u / s)
    tl.store(floats + rows + row, level + tl.log(s))
    # Chunks are in order, so that the first with the highest score has the first token.
    best = tl.argmax(highest, 0)
    drawn = tl.argmax(noisiest, 0)
    tl.store(found + row, tl.load(tokens + row * chunks + best))
    tl.store(found + rows + row, tl.load(tokens + step + row * chunks + drawn))
