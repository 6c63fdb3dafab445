"""A mixture of experts in four launches, or in torch's grouped products where these are as good.

Sort the tokens by expert (``align.py``), gate and up with GELU, down, and the sum over each
token's choices: in their order and without atomic additions, so that the same tokens give the same
bits. A step reads nearly all experts whatever the canvas is, so a tile is as high as the rows that
an expert usually has: then its weights are read once. The grid has room for every distribution of
the tokens; blocks that have no rows leave at once.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from mezzotint_infill.kernels.align import Alignment, align
from mezzotint_infill.kernels.experts import combine, down_rows, gate_up_rows
from mezzotint_infill.kernels.gelu import gelu_product
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight


def fused_experts(
    hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor, gate_up: Weight, down: Weight
) -> Tensor:
    """What the chosen experts ``(T, k)`` make of ``hidden`` ``(T, H)``, weighted and summed.

    ``gate_up`` is ``(E, 2 I, H)``, gate first, ``down`` ``(E, H, I)``. Every index is in
    ``[0, E)``.

    bfloat16 on Hopper and the first Blackwell goes through torch's grouped product: there it is
    CUTLASS with the experts' offsets left on the device. On every other card it is a loop that
    waits for them (``GroupedBlas.cpp`` of torch 2.13), and it knows no weights of fewer bits.
    """
    multiply = grouped_experts if _has_grouped_product(hidden, gate_up, down) else tiled_experts
    return multiply(hidden, top_k_index, top_k_weights, gate_up, down)


def tiled_experts(
    hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor, gate_up: Weight, down: Weight
) -> Tensor:
    """:func:`fused_experts` by our kernels, in any format."""
    hidden, choices = hidden.contiguous(), top_k_index.shape[1]
    experts = down.data.shape[0]
    sorted_rows = align(top_k_index, experts, tile_rows(top_k_index.numel(), experts))
    inner = gate_up_rows(hidden, sorted_rows, choices, gate_up)
    return combine(down_rows(inner, sorted_rows, down), sorted_rows, top_k_weights)


def grouped_experts(
    hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor, gate_up: Weight, down: Weight
) -> Tensor:
    """:func:`fused_experts` by torch's grouped product, for weights that are not quantized."""
    choices = top_k_index.shape[1]
    sorted_rows = align(top_k_index, down.data.shape[0], 16)
    rows = hidden[sorted_rows.order // choices]
    both = _grouped(rows, gate_up, sorted_rows)
    return combine(_grouped(gelu_product(both), down, sorted_rows), sorted_rows, top_k_weights)


def tile_rows(rows: int, experts: int) -> int:
    """How high a tile is, for so many routed rows.

    An expert has ``rows / experts`` on average, and at twice that, few have more. Less than 16
    cannot be multiplied at once; more than 64 would leave no registers to widen weights in.
    """
    usual = 2 * rows // experts
    return 16 if usual <= 16 else 32 if usual <= 32 else 64


def _grouped(rows: Tensor, weight: Weight, sorted_rows: Alignment) -> Tensor:
    return F.grouped_mm(rows, weight.data.transpose(1, 2), offs=sorted_rows.ends)


def _has_grouped_product(hidden: Tensor, *weights: Weight) -> bool:
    if hidden.device.type != "cuda" or hidden.dtype is not torch.bfloat16:
        return False
    is_plain = all(weight.format is Format.BF16 for weight in weights)
    return is_plain and torch.cuda.get_device_capability(hidden.device) in ((9, 0), (10, 0))
