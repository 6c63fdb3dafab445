"""What a memory plan takes up on the card: each part of the weights to the byte, the rest estimated.

Gigabytes are 10^9 bytes everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mezzotint_infill.memory.plan import Format, MemoryPlan
from mezzotint_infill.memory.shape import LayerShape, Matrices, ModelShape, Part

GB = 1_000_000_000
CONTEXT = 8192
"""Tokens that the encoder may read, unless told otherwise."""
CANVAS = 256
"""Positions of a canvas, whose keys and values stand behind the prompt's."""
POSITIONS = 256
"""Free positions of the 26B that are scored at once; of more, one part after the other is."""
RING_SLACK = 1024
"""Tokens that a sliding layer keeps beyond its window, so that an edit can be rolled back to."""

CACHE_BYTES = 2
"""Of a key's or a value's number: bfloat16."""
CHANCES = 65_536
"""Tokens whose chances are there at a time, while soft embeddings are made of them."""
VOCABULARY_BYTES = POSITIONS * 2 * (262_144 + CHANCES)
"""Scores of these positions and some of their chances, both in bfloat16: for every model."""
FLOAT_TABLES = 7
"""Without kernels, how many float32 tables of scores and chances there are at once, at most."""
SLOTS = 2
"""Layers that a streamed model has on the card beside the resident ones: while one works, the next
one comes."""

CUDA_CONTEXT = 650_000_000
GRAPH_POOLS = 200_000_000
"""Recording passes stops once so much is taken."""
ACTIVATIONS = 200_000_000

_OF_EXPERTS = {Part.GATE_UP, Part.DOWN}
_PROJECTIONS = {Part.ATTENTION, Part.FEED_FORWARD, Part.SELF_CONDITIONING}


@dataclass(frozen=True, slots=True)
class Room:
    """What there has to be room for beside the weights."""

    context: int = CONTEXT
    """Tokens."""


@dataclass(frozen=True, slots=True)
class Item:
    """Memory for one thing."""

    name: str
    bytes: int
    source: str
    """How the figure comes about; says so if it is an estimate."""


@dataclass(frozen=True, slots=True)
class Cost:
    """All that a plan needs on the card, and in the host's memory."""

    plan: MemoryPlan
    weights: tuple[tuple[Part, int], ...]
    """Bytes on the card, for every part."""
    beside: tuple[Item, ...]
    """What is not weights."""
    streamed_layers: int = 0
    """So many layers wait in the host's memory."""
    host: int = 0
    """Bytes of these."""

    @property
    def weight_bytes(self) -> int:
        return sum(number for _, number in self.weights)

    @property
    def total(self) -> int:
        """Bytes on the card."""
        return self.weight_bytes + sum(item.bytes for item in self.beside)

    def arithmetic(self) -> str:
        """The sum in one line, in GB."""
        parts = [f"{in_gb(self.weight_bytes)} of weights"]
        parts += [f"{in_gb(item.bytes)} {item.name}" for item in self.beside]
        line = f"{self.plan.name}: {' + '.join(parts)} = {in_gb(self.total)} GB"
        if self.streamed_layers:
            line += f", and {in_gb(self.host)} GB in the host's memory"
        return line

    def as_dict(self) -> dict[str, Any]:
        """For JSON; all figures are bytes."""
        return {
            "plan": self.plan.name,
            "weights": {part.value: number for part, number in self.weights},
            "weights_total": self.weight_bytes,
            "beside": [
                {"name": item.name, "bytes": item.bytes, "source": item.source}
                for item in self.beside
            ],
            "total": self.total,
            "streamed_layers": self.streamed_layers,
            "host": self.host,
        }


def cost_of(
    shape: ModelShape, plan: MemoryPlan, room: Room | None = None, streamed_layers: int = 0
) -> Cost:
    """What a plan takes up if so many of the layers are streamed."""
    room = room or Room()
    resident = shape.layers[: len(shape.order) - streamed_layers]
    streamed = shape.layers[len(resident) :]
    weights = [*shape.outside, *(it for layer in resident for it in layer.weights)]
    by_part = tuple(
        (part, sum(_bytes(it, plan) for it in weights if it.part is part)) for part in Part
    )
    beside = _beside(shape, room)
    if streamed:
        slots = SLOTS * max(_layer_bytes(layer, plan) for layer in streamed)
        source = f"{SLOTS} of the streamed layers, one at work and one on its way"
        beside = (Item("streaming buffers", slots, source), *beside)
    host = sum(_layer_bytes(layer, plan) for layer in streamed)
    return Cost(plan, by_part, beside, streamed_layers, host)


def room_bytes(shape: ModelShape, room: Room | None = None) -> int:
    """What has to be free once CUDA is there and all weights are where they belong."""
    return sum(item.bytes for item in _beside(shape, room or Room())) - CUDA_CONTEXT


def positions_at_once(vocabulary: int, *, with_kernels: bool) -> int:
    """How many positions can be scored at once in what there is room for."""
    kernels = 2 * (vocabulary + min(vocabulary, CHANCES))
    each = kernels if with_kernels else 4 * FLOAT_TABLES * vocabulary
    return max(1, VOCABULARY_BYTES // each)


def format_of(part: Part, plan: MemoryPlan) -> Format:
    """How a plan keeps the weights of a part."""
    if part in _OF_EXPERTS:
        return plan.experts
    if part in _PROJECTIONS:
        return plan.projections
    return plan.embeddings if part is Part.EMBEDDINGS else Format.BF16


def bytes_in(matrices: Matrices, kept_as: Format) -> int:
    """What weights take up in a format, with their scales (``plan.py`` says which there are)."""
    if kept_as is Format.BF16:
        return 2 * matrices.parameters
    if kept_as is Format.FP8:
        return matrices.parameters + 4 * matrices.rows
    group = 32 if kept_as is Format.INT4_G32 else 64
    return matrices.rows * (matrices.inputs // 2 + 2 * (matrices.inputs // group))


def in_gb(number: int) -> str:
    """Bytes as GB, without the unit."""
    return f"{number / GB:.2f}"


def _bytes(matrices: Matrices, plan: MemoryPlan) -> int:
    return bytes_in(matrices, format_of(matrices.part, plan))


def _layer_bytes(layer: LayerShape, plan: MemoryPlan) -> int:
    return sum(_bytes(it, plan) for it in layer.weights)


def _beside(shape: ModelShape, room: Room) -> tuple[Item, ...]:
    ring = min(room.context, shape.window + RING_SLACK)
    cache = CACHE_BYTES * sum(_cached(shape.layers, room.context + CANVAS, ring + CANVAS))
    scored = positions_at_once(shape.vocabulary, with_kernels=True)
    return (
        Item(
            "prefix cache",
            cache,
            f"keys and values of {room.context:,} tokens in full layers, of {ring:,} in sliding"
            f" ones, and of a canvas of {CANVAS} in all",
        ),
        Item(
            "vocabulary buffers",
            VOCABULARY_BYTES,
            f"scores of {shape.vocabulary:,} tokens at {scored:,} positions, and chances of"
            f" {min(CHANCES, shape.vocabulary):,} of them; more positions take turns",
        ),
        Item(
            "CUDA context",
            CUDA_CONTEXT,
            "an estimate, with the libraries' workspaces and compiled kernels: 0.5 to 0.8 GB",
        ),
        Item("CUDA graphs", GRAPH_POOLS, "an estimate of their pools: 0.1 to 0.3 GB"),
        Item(
            "activations",
            ACTIVATIONS,
            "an estimate, for 256 tokens of a prompt at once, each at 8 experts",
        ),
    )


def _cached(layers: Iterable[LayerShape], context: int, ring: int) -> Iterable[int]:
    for layer in layers:
        yield layer.keys_and_values * (ring if layer.is_sliding else context)
