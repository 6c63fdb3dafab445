"""The bytes of weights that a step has to read, whatever else it does."""

from dataclasses import dataclass

from mezzotint_infill.memory.cost import bytes_in, format_of
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.memory.shape import ModelShape, Part

_EXPERTS = {Part.GATE_UP, Part.DOWN}


@dataclass(frozen=True, slots=True)
class Routing:
    """How many experts a layer has, and how many of them a token takes."""

    experts: int
    chosen: int

    def expected_share(self, positions: int) -> float:
        """Of the experts, those that one of so many tokens takes, if none is taken more often."""
        return 1 - (1 - self.chosen / self.experts) ** positions


def streamed_bytes(shape: ModelShape, plan: MemoryPlan, routing: Routing, positions: int) -> int:
    """Each weight once, as many experts as are expected, and the table of embeddings twice.

    The table is the output layer, and soft embeddings are made from it.
    """
    total = 0.0
    for matrices in shape.weights():
        times = 2.0 if matrices.part is Part.EMBEDDINGS else 1.0
        times = routing.expected_share(positions) if matrices.part in _EXPERTS else times
        total += times * bytes_in(matrices, format_of(matrices.part, plan))
    return round(total)
