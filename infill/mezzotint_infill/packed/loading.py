"""A network under a plan: from its packed file if there is one, else quantized while it is read."""

from pathlib import Path
from typing import Any

import torch

from mezzotint_infill.checkpoint import find_checkpoint
from mezzotint_infill.errors import ModelError
from mezzotint_infill.memory.cost import room_bytes
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.memory.recorded import shape_of
from mezzotint_infill.network import build_network
from mezzotint_infill.packed.fresh import FreshWeights
from mezzotint_infill.packed.reading import PackedFile
from mezzotint_infill.packed.shards import Shards, revision_of
from mezzotint_infill.packed.store import WEIGHTS, find_packed, packed_folder, settled_name
from mezzotint_infill.quantized.modules import kept_in
from mezzotint_infill.quantized.streaming import LayerStream


def find_planned(name: str, plan: MemoryPlan) -> Path:
    """The folder of a model's packed file for a plan, or else that of its checkpoint.

    Raises :class:`ModelError`.
    """
    return find_packed(name, plan) or find_checkpoint(name)


def read_planned(
    name: str, folder: Path, plan: MemoryPlan, place: torch.device, dtype: torch.dtype
) -> Any:
    """A model's network on a device, from the folder that ``find_planned`` found.

    Raises :class:`ModelError`: damaged, or packed from something else.
    """
    wait_in = torch.device("cpu") if plan.is_streamed else None
    if folder == packed_folder(name, plan):
        file = PackedFile(folder / WEIGHTS, plan, settled_name(name), _revision(name))
        with file as weights:
            network = build_network(folder, weights, place, dtype, wait_in)
    else:
        with Shards(folder) as shards:
            weights = FreshWeights(shards, plan, place)
            network = build_network(folder, weights, place, dtype, wait_in)
    if plan.is_streamed:
        stream_layers(network, place, room_bytes(shape_of(name, folder)))
    return network


def stream_layers(network: Any, place: torch.device, room: int) -> None:
    """Keep as many layers on the device as fit, and let the others come when it is their turn.

    ``room`` bytes are left free on it, for prompts and passes.
    """
    halves = (network.model.decoder.layers, network.model.encoder.language_model.layers)
    layers = list(zip(*halves, strict=True))
    largest = max(
        sum(buffer.nbytes for kept in kept_in(layer) for buffer in kept.buffers())
        for layer, _ in layers
    )
    staying = _staying(len(layers), largest, place, room)
    coming = len(layers) - staying
    # Evenly spread, so that there is a layer to compute while one is copied.
    streamed = {which * len(layers) // coming for which in range(coming)} if coming else set[int]()
    for number, owners in enumerate(layers):
        if number not in streamed:
            for kept in kept_in(owners[0]):
                kept.to(place)
    if streamed:
        LayerStream([layers[number] for number in sorted(streamed)], place)


def _staying(layers: int, size: int, place: torch.device, room: int) -> int:
    """How many layers stay on the device; without CUDA it is the host's own memory, and none."""
    if place.type != "cuda":
        return 0
    free, _ = torch.cuda.mem_get_info(place)
    fitting = (free - room) // size
    # Two of those that do not stay need room in turn.
    return layers if fitting >= layers else max(0, int(fitting) - 2)


def _revision(name: str) -> str | None:
    """Of the checkpoint that a packed file stands for, if it is here still."""
    try:
        return revision_of(find_checkpoint(name))
    except (OSError, ModelError):
        return None
