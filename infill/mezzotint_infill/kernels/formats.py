"""How a weight is handed to a kernel."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.kernels.product import FP8, INT4, PLAIN
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight

_GROUPS = {Format.INT4_G32: 32, Format.INT4_G64: 64}


@dataclass(frozen=True, slots=True)
class Operand:
    """A weight's tensors as kernels take them, contiguous."""

    data: Tensor
    scale: Tensor
    """Of whatever type if there is none: nobody reads it."""
    kind: int
    group: int
    """Inputs that share a scale; 0 if they all do, or have none."""

    def depth(self, inputs: int, block_m: int) -> int:
        """Inputs of a tile: a line of the cache if they are bytes, or 64, which divides 704 and 2112.

        What is left over is masked.
        """
        is_low = self.kind == FP8 and block_m <= 32
        return 128 if is_low and inputs % 128 == 0 else 64

    def stages(self, block_m: int) -> int:
        """Tiles in flight: so many that two programs at least fit into an SM's shared memory."""
        return 6 if self.kind == INT4 and block_m <= 32 else 4


def operand(weight: Weight) -> Operand:
    """The same bits, FP8 as bytes."""
    data = weight.data.contiguous()
    scale = data if weight.scale is None else weight.scale.contiguous()
    if weight.format is Format.BF16:
        return Operand(data, scale, PLAIN, 0)
    if weight.format is not Format.FP8:
        return Operand(data, scale, INT4, _GROUPS[weight.format])
    return Operand(data.view(torch.uint8), scale, FP8, 0)
