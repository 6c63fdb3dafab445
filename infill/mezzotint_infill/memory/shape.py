"""The sizes of a DiffusionGemma's weights, by part: what memory plans are worked out from.

Knows no tensors: ``count.py`` reads the sizes off a model, ``recorded.py`` off a file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The parts of a model that a plan may treat differently, or that people ask about."""

    GATE_UP = "experts_gate_up"
    DOWN = "experts_down"
    ATTENTION = "attention"
    FEED_FORWARD = "feed_forward"
    """The dense block beside the experts."""
    SELF_CONDITIONING = "self_conditioning"
    EMBEDDINGS = "embeddings"
    ROUTER = "router"
    NORMS = "norms"
    """All of them, those of queries and keys and of self-conditioning included."""
    LAYER_SCALARS = "layer_scalars"
    """The only weights that encoder and decoder have each for themselves."""


@dataclass(frozen=True, slots=True)
class Matrices:
    """Weights of one part: all rows (outputs) together that have as many inputs."""

    part: Part
    rows: int
    inputs: int

    @property
    def parameters(self) -> int:
        return self.rows * self.inputs


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer, which the encoder and the decoder share."""

    weights: tuple[Matrices, ...]
    keys_and_values: int
    """Numbers that the prefix cache keeps of one token."""
    is_sliding: bool


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A whole model without its vision tower, which is left out when it is loaded."""

    kinds: tuple[LayerShape, ...]
    """Layers that differ in size."""
    order: tuple[int, ...]
    """Of which kind each layer is."""
    outside: tuple[Matrices, ...]
    """Weights that belong to no layer."""
    window: int
    """Tokens that a sliding layer looks back."""
    vocabulary: int
    vision_parameters: int
    """What is left out."""

    @property
    def layers(self) -> tuple[LayerShape, ...]:
        return tuple(self.kinds[kind] for kind in self.order)

    @property
    def parameters(self) -> int:
        """Those that are loaded, each once. Layer scalars are buffers and do not count."""
        counted = (it for it in self.weights() if it.part is not Part.LAYER_SCALARS)
        return sum(it.parameters for it in counted)

    def weights(self) -> Iterator[Matrices]:
        """All of them."""
        yield from self.outside
        for layer in self.layers:
            yield from layer.weights


def summed(weights: Iterable[Matrices]) -> tuple[Matrices, ...]:
    """The same weights with an entry for each part and number of inputs, in the parts' order."""
    rows: dict[tuple[Part, int], int] = {}
    for it in weights:
        rows[it.part, it.inputs] = rows.get((it.part, it.inputs), 0) + it.rows
    ordered = sorted(rows, key=lambda key: (list(Part).index(key[0]), key[1]))
    return tuple(Matrices(part, rows[part, inputs], inputs) for part, inputs in ordered)
