"""Matrices that read the same input as one: a card multiplies it with all of them in one launch.

Rows of a weight know nothing of each other in any format, so those of several can lie below one
another. Each linear layer reads its own rows where they lie: nothing is there twice.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from mezzotint_infill.quantized.modules import QuantizedLinear, multiplied
from mezzotint_infill.quantized.weight import Weight


class StackedLinear(nn.Module):
    """Some rows of a stack, as a layer of their own."""

    def __init__(self, stack: QuantizedLinear, rows: slice) -> None:
        super().__init__()
        self.stack, self.rows = stack, rows
        self.in_features = stack.in_features
        self.out_features: int = rows.stop - rows.start

    @property
    def kept(self) -> Weight:
        return self.stack.kept.part(self.rows)

    def forward(self, x: Tensor) -> Tensor:
        return multiplied(x, self.kept)


def parted(stack: QuantizedLinear, sizes: Sequence[int]) -> list[StackedLinear]:
    """The layers of a stack, by how many rows each has."""
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [
        StackedLinear(stack, slice(end - size, end)) for end, size in zip(ends, sizes, strict=True)
    ]


def stack_of(layers: Sequence[nn.Module]) -> QuantizedLinear | None:
    """The stack that these are all of, in this order; nothing if they are not."""
    parts = [layer for layer in layers if isinstance(layer, StackedLinear)]
    if not parts or len(parts) < len(layers):
        return None
    stack, begins = parts[0].stack, 0
    for part in parts:
        if part.stack is not stack or part.rows.start != begins:
            return None
        begins = part.rows.stop
    return stack if begins == stack.out_features else None
