"""A weight in a module: what it holds moves, streams and is counted with the network."""

from collections.abc import Iterator

import torch.nn.functional as F
from torch import Tensor, nn

from mezzotint_infill.kernels import linear as kernel
from mezzotint_infill.kernels import usable
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight


class Kept(nn.Module):
    """A weight whose bits are this module's buffers."""

    data: Tensor
    scale: Tensor | None

    def __init__(self, weight: Weight) -> None:
        super().__init__()
        self.format = weight.format
        self.register_buffer("data", weight.data)
        self.register_buffer("scale", weight.scale)

    @property
    def kept(self) -> Weight:
        return Weight(self.format, self.data, self.scale)


class QuantizedLinear(Kept):
    """``x @ w.T``, without a bias, as ``nn.Linear`` does it."""

    def __init__(self, weight: Weight) -> None:
        super().__init__(weight)
        self.out_features, self.in_features = weight.shape

    def forward(self, x: Tensor) -> Tensor:
        return multiplied(x, self.kept)


def multiplied(x: Tensor, weight: Weight) -> Tensor:
    """``x @ w.T`` for ``x`` of shape ``(..., in)``, by a kernel where there is one."""
    is_plain = weight.format is Format.BF16
    multiply = linear if is_plain or not usable(x.device) else kernel.linear
    return multiply(x, weight)


def linear(x: Tensor, weight: Weight) -> Tensor:
    """``x @ w.T`` for ``x`` of shape ``(..., in)``; an FP8 row is scaled when it is summed up."""
    if weight.format is Format.FP8 and weight.scale is not None:
        return (F.linear(x, weight.data.to(x.dtype)) * weight.scale).to(x.dtype)
    return F.linear(x, weight.dequantized(x.dtype))


def parameter_count(network: nn.Module) -> int:
    """Weights in a network, in however many bits each is; what is shared counts once."""
    plain = sum(parameter.numel() for parameter in network.parameters())
    return plain + sum(kept.kept.shape.numel() for kept in kept_in(network))


def kept_in(module: nn.Module) -> Iterator[Kept]:
    """All modules below this one that hold a weight, each once."""
    return (child for child in module.modules() if isinstance(child, Kept))
