"""Where the weights are from, and how a plan's network is made of them: as an engine makes it."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mezzotint_infill.benchmark_gpu.random_weights import RandomCheckpoint, random_stock
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.model import load_stock
from mezzotint_infill.network import Weights, build_network
from mezzotint_infill.packed.fresh import FreshWeights
from mezzotint_infill.packed.header import Origin
from mezzotint_infill.packed.loading import find_planned, read_planned, stream_layers
from mezzotint_infill.packed.reading import PackedFile
from mezzotint_infill.packed.store import packed_folder
from mezzotint_infill.packed.writing import convert

Build = Callable[[], Any]
DTYPE = torch.bfloat16


@dataclass(frozen=True, slots=True)
class Source:
    """What is measured."""

    model: str
    """A checkpoint's name, or that of a shape."""
    is_random: bool
    packed_in: Path | None = None
    """Where random weights are packed, for a start to be timed as well; nowhere if not given."""


@dataclass(frozen=True, slots=True)
class Made:
    """How a network is made."""

    build: Build
    is_packed: bool
    """Whether it is read from a packed file, so that it takes as long as a start."""


@contextmanager
def made_from(
    source: Source, folder: Path, plan: MemoryPlan, device: torch.device, room: int
) -> Generator[Made]:
    """A plan's network; ``folder`` has the config. What is packed for this is removed after it.

    Of a streamed one, so many layers stay on the device that ``room`` bytes are left free there.

    Raises :class:`~mezzotint_infill.errors.NoSpaceError`.
    """
    if not source.is_random:
        planned = find_planned(source.model, plan)
        is_packed = planned == packed_folder(source.model, plan)
        yield Made(
            lambda: read_planned(source.model, planned, plan, device, DTYPE).eval(), is_packed
        )
        return
    checkpoint = RandomCheckpoint(folder, device)

    def built(weights: Weights) -> Any:
        wait_in = torch.device("cpu") if plan.is_streamed else None
        network = build_network(folder, weights, device, DTYPE, wait_in)
        if plan.is_streamed:
            stream_layers(network, device, room)
        return network.eval()

    if source.packed_in is None:
        yield Made(lambda: built(FreshWeights(checkpoint, plan, device)), is_packed=False)
        return
    path = source.packed_in / f"mezzotint-bench-{os.getpid()}-{plan.name}.safetensors"

    def read() -> Any:
        with PackedFile(path, plan) as weights:
            return built(weights)

    try:
        convert(checkpoint, path, Origin(source.model, "random", plan), device)
        _forget(path)
        yield Made(read, is_packed=True)
    finally:
        path.unlink(missing_ok=True)


def stock_from(source: Source, folder: Path, device: torch.device) -> Any:
    """The network of transformers itself, in bfloat16."""
    if source.is_random:
        return random_stock(folder, device, DTYPE)
    return load_stock(source.model, device)


def _forget(path: Path) -> None:
    """Have the disk read it again: what was just written lies in the host's memory still."""
    if not hasattr(os, "posix_fadvise"):  # macOS and Windows
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
