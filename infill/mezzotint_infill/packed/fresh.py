"""Weights quantized while they are read, for a plan that there is no packed file of."""

import torch

from mezzotint_infill.errors import ModelError
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.packed.parts import format_of
from mezzotint_infill.packed.shards import Checkpoint
from mezzotint_infill.quantized.weight import Weight, empty_weight, quantize


class FreshWeights:
    """Reads as :class:`~mezzotint_infill.packed.reading.PackedFile` does."""

    def __init__(self, shards: Checkpoint, plan: MemoryPlan, place: torch.device) -> None:
        """``place`` is where the arithmetic is done."""
        self._shards = shards
        self._plan = plan
        self._place = place

    def weight(self, key: str, device: torch.device, plain: torch.dtype) -> Weight:
        """A weight as the plan keeps it; ``plain`` is the type of one that is not quantized."""
        kind = format_of(key, self._plan)
        try:
            weight = empty_weight(self._shards.shape(key), kind, device, plain)
        except ValueError as error:
            raise ModelError(
                f"The plan {self._plan.name} is not for this model: {error}"
            ) from error
        for start, piece in self._shards.slices(key):
            made = quantize(piece.to(self._place), kind)
            weight.data[start : start + len(piece)] = made.data.to(device)
            if weight.scale is not None and made.scale is not None:
                weight.scale[start : start + len(piece)] = made.scale.to(device)
        return weight
