"""A mixture of experts over weights in any format: a kernel where there is one, else plain torch."""

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from mezzotint_infill.kernels import moe, usable
from mezzotint_infill.quantized.modules import Kept, linear
from mezzotint_infill.quantized.weight import Weight


class QuantizedExperts(nn.Module):
    """Called as transformers' layers call their experts."""

    def __init__(self, gate_up: Weight, down: Weight) -> None:
        super().__init__()
        self.gate_up = Kept(gate_up)
        self.down = Kept(down)
        self.num_experts: int = gate_up.shape[0]

    def forward(self, hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor) -> Tensor:
        mixed = moe.fused_experts if usable(hidden.device) else fused_experts
        return mixed(hidden, top_k_index, top_k_weights, self.gate_up.kept, self.down.kept)


def fused_experts(
    hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor, gate_up: Weight, down: Weight
) -> Tensor:
    """What each token ``(T, H)`` gets of its ``(T, k)`` experts, in sum ``(T, H)``.

    ``gate_up`` is ``(E, 2 I, H)``, gates first, and ``down`` ``(E, H, I)``. One expert at a time is
    dequantized, so no more than that lies in memory twice. A token's experts are added up in their
    order, whatever others go along.
    """
    parts = hidden.new_zeros(*top_k_index.shape, hidden.shape[-1])
    chosen = cast("list[int]", top_k_index.unique().tolist())
    for expert in chosen:
        token, rank = (top_k_index == expert).nonzero(as_tuple=True)
        parts[token, rank] = one_expert(hidden[token], gate_up.part(expert), down.part(expert))
    return (parts * top_k_weights[..., None]).sum(dim=1).to(hidden.dtype)


def one_expert(hidden: Tensor, gate_up: Weight, down: Weight) -> Tensor:
    """Tokens ``(T, H)`` through one gated block."""
    gate, up = linear(hidden, gate_up).chunk(2, dim=-1)
    return linear(F.gelu(gate, approximate="tanh") * up, down)
