"""GELU by tanh (``gelu_pytorch_tanh``), as part of a kernel and of its own."""

from torch import Tensor

from mezzotint_infill.kernels.language import Block, Pointer, constexpr, jit, tl

_BLOCK = 1024


def gelu_product(both: Tensor) -> Tensor:
    """``gelu(gate) * up`` ``(N, I)`` of ``(N, 2 I)``, gate first; one rounding at the end."""
    rows, width = both.shape[0], both.shape[1] // 2
    out = both.new_empty((rows, width))
    grid = (rows, -(-width // _BLOCK))
    _gelu_product[grid](both.contiguous(), out, width, _BLOCK, enable_fp_fusion=True)
    return out


@jit
def gelu(x: Block):
    """Of float32. ``(1 + tanh(z)) / 2`` is the logistic function of ``2 z``."""
    return x * tl.sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))


@jit
def _gelu_product(both: Pointer, out: Pointer, WIDTH: constexpr, BLOCK: constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    is_there = column < WIDTH
    gate = tl.load(both + row * 2 * WIDTH + column, mask=is_there).to(tl.float32)
    up = tl.load(both + row * 2 * WIDTH + WIDTH + column, mask=is_there).to(tl.float32)
    tl.store(out + row * WIDTH + column, gelu(gate) * up, mask=is_there)
