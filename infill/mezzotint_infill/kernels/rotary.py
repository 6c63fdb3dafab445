"""Norm and rotation of queries, keys and values, head by head, in one launch instead of thirty."""

from torch import Tensor

from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl


def norm_heads(
    x: Tensor, weights: Tensor, cos: Tensor, sin: Tensor, eps: float, heads: tuple[int, int]
) -> tuple[Tensor, Tensor, Tensor]:
    """Queries ``(T, heads, D)``, keys and values ``(T, key heads, D)``, each head by RMSNorm.

    ``x`` ``(T, all heads, D)`` has the queries' heads, the keys' and the values'; if the last are
    not there, values are made of what keys are made of. ``weights`` ``(3, D)`` are the norms', and
    ``heads`` says how many queries and keys have. ``cos`` and ``sin`` ``(T, D)`` rotate these two;
    the halves of a head turn together, as in transformers' ``rotate_half``. D is a power of 2.
    """
    (tokens, sources, width), (asking, asked) = x.shape, heads
    out = x.new_empty((tokens * (asking + 2 * asked), width))
    _norm_heads[(tokens, asking + 2 * asked)](
        x.contiguous(), weights.contiguous(), cos.contiguous(), sin.contiguous(), out, eps,
        asking, asked, sources, width, num_warps=1, enable_fp_fusion=True,
    )  # fmt: skip
    ends = tokens * asking, tokens * (asking + asked)
    parts = out[: ends[0]], out[ends[0] : ends[1]], out[ends[1] :]
    query, keys, values = (part.view(tokens, -1, width) for part in parts)
    return query, keys, values


@jit(do_not_specialize=["eps"])
def _norm_heads(
    x: Pointer,
    weights: Pointer,
    cos: Pointer,
    sin: Pointer,
    out: Pointer,
    eps: Number,
    ASKING: constexpr,
    ASKED: constexpr,
    SOURCES: constexpr,
    WIDTH: constexpr,
):
    token = tl.program_id(0).to(tl.int64)
    tokens = tl.num_programs(0)
    head = tl.program_id(1)
    is_key = (head >= ASKING) & (head < ASKING + ASKED)
    is_value = head >= ASKING + ASKED
    source = x + (token * SOURCES + tl.where(head < SOURCES, head, head - ASKED)) * WIDTH
    half: constexpr = WIDTH // 2
    i = tl.arange(0, half)
    left = tl.load(source + i).to(tl.float32)
    right = tl.load(source + half + i).to(tl.float32)
    size = tl.rsqrt((tl.sum(left * left) + tl.sum(right * right)) / WIDTH + eps)
    weight = weights + tl.where(is_value, 2, tl.where(is_key, 1, 0)) * WIDTH
    left *= size * tl.load(weight + i).to(tl.float32)
    right *= size * tl.load(weight + half + i).to(tl.float32)
    at = token * WIDTH + i
    turned = left * tl.load(cos + at).to(tl.float32) - right * tl.load(sin + at).to(tl.float32)
    new_left = tl.where(is_value, left, turned)
    at += half
    turned = right * tl.load(cos + at).to(tl.float32) + left * tl.load(sin + at).to(tl.float32)
    new_right = tl.where(is_value, right, turned)
    # Queries first, all tokens of them, then keys, then values.
    before = tl.where(is_value, ASKING + ASKED, tl.where(is_key, ASKING, 0))
    count = tl.where(head < ASKING, ASKING, ASKED)
    row = (tokens * before + token * count + head - before) * WIDTH
    tl.store(out + row + i, new_left.to(out.dtype.element_ty))
    tl.store(out + row + half + i, new_right.to(out.dtype.element_ty))
