"""What a mixture of one expert comes to: a feed-forward block, with nothing to route.

transformers' layers score, sort and gather the tokens for any number of experts. With one of them
the outcome is the same without, and a pass of the embedded model takes a quarter less on a CPU,
where its many small operations are most of it. A model with several experts is left as it is.
"""

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from mezzotint_infill.quantized.experts import QuantizedExperts, one_expert


def leave_out_routing(network: nn.Module) -> None:
    """Replace router and experts in every layer that has a single expert; weights stay where they are."""
    for layer in network.modules():
        experts = getattr(layer, "experts", None)
        if experts is not None and experts.num_experts == 1:
            layer.experts = _only(experts)
            layer.router = NoRouter(layer.router)


class OnlyExpert(nn.Module):
    """The one expert, for every token."""

    def __init__(self, experts: Any) -> None:
        super().__init__()
        self.gate_up_proj: nn.Parameter = experts.gate_up_proj
        self.down_proj: nn.Parameter = experts.down_proj
        self.act_fn: nn.Module = experts.act_fn

    def forward(self, hidden: Tensor, _chosen: None, weight: Tensor) -> Tensor:
        gate, up = F.linear(hidden, self.gate_up_proj[0]).chunk(2, dim=-1)
        return F.linear(self.act_fn(gate) * up, self.down_proj[0]) * weight


class OnlyQuantizedExpert(nn.Module):
    """The same over weights in any format."""

    def __init__(self, experts: QuantizedExperts) -> None:
        super().__init__()
        self.gate_up = experts.gate_up
        self.down = experts.down

    def forward(self, hidden: Tensor, _chosen: None, weight: Tensor) -> Tensor:
        return one_expert(hidden, self.gate_up.kept.part(0), self.down.kept.part(0)) * weight


class NoRouter(nn.Module):
    """The share that the one expert gets: all, times its scale."""

    def __init__(self, router: Any) -> None:
        super().__init__()
        self.per_expert_scale: nn.Parameter = router.per_expert_scale

    def forward(self, _hidden: Tensor) -> tuple[None, Tensor, None]:
        """As the class' router answers: probabilities, weights, and which experts."""
        return None, self.per_expert_scale, None


def _only(experts: Any) -> nn.Module:
    if isinstance(experts, QuantizedExperts):
        return OnlyQuantizedExpert(experts)
    return OnlyExpert(experts)
