"""All plans that fit, one after the other, and transformers' ``generate`` after them."""

import gc
import json
import platform
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from mezzotint_infill.benchmark_gpu.clock import Times, copy_bandwidth
from mezzotint_infill.benchmark_gpu.measure import Asked, OfPlan, generate_step, measure
from mezzotint_infill.benchmark_gpu.shapes import write_config
from mezzotint_infill.benchmark_gpu.source import Source, made_from, stock_from
from mezzotint_infill.benchmark_gpu.streamed import Routing, streamed_bytes
from mezzotint_infill.checkpoint import find_checkpoint
from mezzotint_infill.errors import ModelError, NoSpaceError
from mezzotint_infill.memory.choice import least_cost, verdict
from mezzotint_infill.memory.cost import Room, room_bytes
from mezzotint_infill.memory.count import count_shape
from mezzotint_infill.memory.exhausted import ran_out
from mezzotint_infill.memory.plan import BF16, PLANS, MemoryPlan
from mezzotint_infill.memory.shape import ModelShape

COMPARED = (64, 256)
"""Positions at which a step is held against one of ``generate``."""
SMALL_COPY = 1 << 22
"""Bytes; a CPU need not be kept waiting for a figure that means nothing."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything, as it is printed."""

    source: Source
    device: str
    versions: dict[str, str]
    bandwidth: float
    """Bytes a second, copied from one place on the device to another: read and written."""
    plans: tuple[OfPlan, ...]
    streamed: dict[str, dict[int, int]]
    """Bytes of weights that a step reads, by plan and positions."""
    left_out: tuple[str, ...]
    """Plans that do not fit, each with its arithmetic, and those that ran out of memory."""
    generate: tuple[tuple[int, Times], ...]


def compare(
    source: Source, device: torch.device, plans: Iterable[MemoryPlan], asked: Asked
) -> Figures:
    """Measure. Raises :class:`ModelError` for a model that is not there, or if nothing fits."""
    with tempfile.TemporaryDirectory(prefix="mezzotint-") as made:
        folder = Path(made)
        if source.is_random:
            write_config(source.model, folder)
        else:
            folder = find_checkpoint(source.model)
        config = _config(folder)
        shape = count_shape(config)
        is_card = device.type == "cuda"
        bandwidth = copy_bandwidth(device) if is_card else copy_bandwidth(device, SMALL_COPY)
        asked.on_part(f"copy bandwidth: {bandwidth / 1e9:,.0f} GB/s")
        fitting, left_out = _fitting(shape, plans, device, asked)
        figures: list[OfPlan] = []
        room = room_bytes(shape, Room(context=asked.context))
        for plan in fitting:
            try:
                with made_from(source, folder, plan, device, room) as network:
                    figures.append(_let_go(measure, plan, network, device, asked))
            except NoSpaceError as error:
                left_out = (*left_out, f"{plan.name}: {error}")
                asked.on_part(left_out[-1])
            except RuntimeError as error:
                # The others' figures are still worth having.
                if not ran_out(error):
                    raise
                left_out = (*left_out, f"{plan.name}: ran out of memory")
                asked.on_part(left_out[-1])
        generate = _generate(source, folder, shape, device, asked)
    text = config["text_config"]
    routing = Routing(text["num_experts"], text["top_k_experts"])
    streamed = {
        each.plan.name: {at: streamed_bytes(shape, each.plan, routing, at) for at, _ in each.steps}
        for each in figures
    }
    return Figures(
        source, _name(device), _versions(), bandwidth, tuple(figures), streamed, left_out, generate
    )


def interactive_plans() -> tuple[MemoryPlan, ...]:
    """All but those that stream layers, which are not for people who wait."""
    return tuple(plan for plan in PLANS if not plan.is_streamed)


def _fitting(
    shape: ModelShape, plans: Iterable[MemoryPlan], device: torch.device, asked: Asked
) -> tuple[list[MemoryPlan], tuple[str, ...]]:
    if device.type != "cuda":
        return list(plans), ()
    free, _ = torch.cuda.mem_get_info(device)
    costs = [least_cost(shape, plan, free, Room(context=asked.context)) for plan in plans]
    left_out = tuple(verdict(cost, free) for cost in costs if cost.total > free)
    fitting = [cost.plan for cost in costs if cost.total <= free]
    if not fitting:
        raise ModelError(f"Nothing fits on the card: {'; '.join(left_out)}.")
    return fitting, left_out


def _generate(
    source: Source, folder: Path, shape: ModelShape, device: torch.device, asked: Asked
) -> tuple[tuple[int, Times], ...]:
    """The times of transformers' own, if the weights fit in bfloat16."""
    if not _fits_exact(shape, device, asked):
        return ()

    def work() -> tuple[tuple[int, Times], ...]:
        stock = stock_from(source, folder, device)
        return tuple((at, generate_step(stock, at, device, asked)) for at in COMPARED)

    return _let_go(work)


def _fits_exact(shape: ModelShape, device: torch.device, asked: Asked) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return least_cost(shape, BF16, free, Room(context=asked.context)).total <= free


def _let_go(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do it, and give back what it took before the next one is built."""
    try:
        return work(*arguments)
    finally:
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _config(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def _name(device: torch.device) -> str:
    if device.type != "cuda":
        return platform.processor() or platform.machine()
    return torch.cuda.get_device_name(device)


def _versions() -> dict[str, str]:
    names = ("mezzotint", "torch", "transformers")
    found = {"python": platform.python_version(), **{name: version(name) for name in names}}
    if torch.version.cuda is not None:
        found["cuda"] = torch.version.cuda
    return found
