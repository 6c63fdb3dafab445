"""The norms of a layer, and the sums between them, in three launches of its hundred.

RMSNorm as transformers' ``DiffusionGemmaRMSNorm``: in float32, times the weight itself (not one
plus it), rounded at the end. What stock code rounds in between, before a residual is added or the
router's scale multiplied, is not rounded here.
"""

from torch import Tensor

from mezzotint_infill.kernels.language import Block, Number, Pointer, constexpr, jit, tl


def rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """Of the last dimension; without a weight, as values and routers have it."""
    rows, out = _rows(x), x.new_empty(x.shape)
    width = x.shape[-1]
    _rms_norm[(len(rows),)](
        rows, rows if weight is None else weight, out, eps, width, _wide(width), weight is not None,
        num_warps=_warps(width), enable_fp_fusion=True,
    )  # fmt: skip
    return out


def add_norms(
    x: Tensor, weight: Tensor, residual: Tensor, next_weights: Tensor, eps: float
) -> tuple[Tensor, Tensor]:
    """What is between attention and what reads its outcome.

    The sum ``residual + norm(x) * weight`` ``(..., H)``, and its norm times each of
    ``next_weights`` ``(M, H)``, ``(M, ..., H)``: those before the dense block, before the experts,
    and the router's scale over the root of H.
    """
    rows, many, width = _rows(x), len(next_weights), x.shape[-1]
    total, normed = x.new_empty(x.shape), x.new_empty((many, *x.shape))
    _add_norms[(len(rows),)](
        rows, weight, _rows(residual), next_weights.contiguous(), total, normed, eps,
        width, _wide(width), many, num_warps=_warps(width), enable_fp_fusion=True,
    )  # fmt: skip
    return total, normed


def join_blocks(
    dense: Tensor, experts: Tensor, residual: Tensor, weights: Tensor, scale: Tensor, eps: float
) -> Tensor:
    """A layer's end: ``(residual + norm(norm(dense) + norm(experts))) * scale`` ``(..., H)``.

    ``weights`` ``(3, H)`` are those of dense, experts and both; ``scale`` ``(1,)`` is the layer's.
    """
    rows, out, width = _rows(dense), dense.new_empty(dense.shape), dense.shape[-1]
    _join_blocks[(len(rows),)](
        rows, _rows(experts), _rows(residual), weights.contiguous(), scale, out, eps,
        width, _wide(width), num_warps=_warps(width), enable_fp_fusion=True,
    )  # fmt: skip
    return out


def _rows(x: Tensor) -> Tensor:
    return x.contiguous().view(-1, x.shape[-1])


def _wide(width: int) -> int:
    return 1 << (width - 1).bit_length()


def _warps(width: int) -> int:
    return 8 if width > 1024 else 4


@jit
def _normed(x: Block, eps: Number, WIDTH: constexpr):
    """Of float32; what lies beyond the width is 0."""
    return x * tl.rsqrt(tl.sum(x * x) / WIDTH + eps)


@jit(do_not_specialize=["eps"])
def _rms_norm(
    x: Pointer,
    weight: Pointer,
    out: Pointer,
    eps: Number,
    WIDTH: constexpr,
    WIDE: constexpr,
    HAS_WEIGHT: constexpr,
):
    column = tl.arange(0, WIDE)
    is_there = column < WIDTH
    at = tl.program_id(0).to(tl.int64) * WIDTH + column
    normed = _normed(tl.load(x + at, mask=is_there, other=0).to(tl.float32), eps, WIDTH)
    if HAS_WEIGHT:
        normed *= tl.load(weight + column, mask=is_there, other=0).to(tl.float32)
    tl.store(out + at, normed.to(out.dtype.element_ty), mask=is_there)


@jit(do_not_specialize=["eps"])
def _add_norms(
    x: Pointer,
    weight: Pointer,
    residual: Pointer,
    next_weights: Pointer,
    total: Pointer,
    normed: Pointer,
    eps: Number,
    WIDTH: constexpr,
    WIDE: constexpr,
    MANY: constexpr,
):
    column = tl.arange(0, WIDE)
    is_there = column < WIDTH
    at = tl.program_id(0).to(tl.int64) * WIDTH + column
    own = _normed(tl.load(x + at, mask=is_there, other=0).to(tl.float32), eps, WIDTH)
    own *= tl.load(weight + column, mask=is_there, other=0).to(tl.float32)
    own += tl.load(residual + at, mask=is_there, other=0).to(tl.float32)
    rounded = own.to(total.dtype.element_ty)
    tl.store(total + at, rounded, mask=is_there)
    after = _normed(rounded.to(tl.float32), eps, WIDTH)
    size = tl.num_programs(0).to(tl.int64) * WIDTH
    for which in tl.static_range(MANY):
        scale = tl.load(next_weights + which * WIDTH + column, mask=is_there, other=0)
        to = normed + which * size + at
        tl.store(to, (after * scale.to(tl.float32)).to(normed.dtype.element_ty), mask=is_there)


@jit(do_not_specialize=["eps"])
def _join_blocks(
    dense: Pointer,
    experts: Pointer,
    residual: Pointer,
    weights: Pointer,
    scale: Pointer,
    out: Pointer,
    eps: Number,
    WIDTH: constexpr,
    WIDE: constexpr,
):
    column = tl.arange(0, WIDE)
    is_there = column < WIDTH
    at = tl.program_id(0).to(tl.int64) * WIDTH + column
    one = _normed(tl.load(dense + at, mask=is_there, other=0).to(tl.float32), eps, WIDTH)
    one *= tl.load(weights + column, mask=is_there, other=0).to(tl.float32)
    other = _normed(tl.load(experts + at, mask=is_there, other=0).to(tl.float32), eps, WIDTH)
    other *= tl.load(weights + WIDTH + column, mask=is_there, other=0).to(tl.float32)
    both = _normed(one + other, eps, WIDTH)
    both *= tl.load(weights + 2 * WIDTH + column, mask=is_there, other=0).to(tl.float32)
    both += tl.load(residual + at, mask=is_there, other=0).to(tl.float32)
    both *= tl.load(scale).to(tl.float32)
    tl.store(out + at, both.to(out.dtype.element_ty), mask=is_there)
