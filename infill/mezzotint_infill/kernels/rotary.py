"""Norm and rotation of queries and keys, head by head, in one launch instead of a dozen."""

from torch import Tensor

from mezzotint_infill.kernels.language import Number, Pointer, constexpr, jit, tl


def norm_rotate(x: Tensor, weight: Tensor, cos: Tensor, sin: Tensor, eps: float) -> Tensor:
    """RMSNorm of each head of ``x`` ``(T, heads, D)``, then its rotation by position.

    ``cos`` and ``sin`` are ``(T, D)``; the two halves of a head turn together, as in
    transformers' ``rotate_half``. D is a power of 2.
    """
    tokens, heads, width = x.shape
    out = x.new_empty(x.shape)
    _norm_rotate[(tokens, heads)](
        x.contiguous(), weight, cos.contiguous(), sin.contiguous(), out, eps, width,
        num_warps=1, enable_fp_fusion=True,
    )  # fmt: skip
    return out


@jit(do_not_specialize=["eps"])
def _norm_rotate(
    x: Pointer,
    weight: Pointer,
    cos: Pointer,
    sin: Pointer,
    out: Pointer,
    eps: Number,
    WIDTH: constexpr,
):
    token = tl.program_id(0).to(tl.int64)
    row = (token * tl.num_programs(1) + tl.program_id(1)) * WIDTH
    half: constexpr = WIDTH // 2
    i = tl.arange(0, half)
    left = tl.load(x + row + i).to(tl.float32)
    right = tl.load(x + row + half + i).to(tl.float32)
    size = tl.rsqrt((tl.sum(left * left) + tl.sum(right * right)) / WIDTH + eps)
    left *= size * tl.load(weight + i).to(tl.float32)
    right *= size * tl.load(weight + half + i).to(tl.float32)
    at = token * WIDTH + i
    turned = left * tl.load(cos + at).to(tl.float32) - right * tl.load(sin + at).to(tl.float32)
    tl.store(out + row + i, turned.to(out.dtype.element_ty))
    at += half
    turned = right * tl.load(cos + at).to(tl.float32) + left * tl.load(sin + at).to(tl.float32)
    tl.store(out + row + half + i, turned.to(out.dtype.element_ty))
