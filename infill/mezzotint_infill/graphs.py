"""Static passes, recorded as CUDA graphs: a pass of some four thousand launches becomes one.

What cannot be recorded, or would take more memory than there is for it, runs as it is: the
arithmetic is the same, and only slower.
"""

import logging
from collections.abc import Sequence
from typing import Any

import torch

from mezzotint_infill.memory.cost import GRAPH_POOLS
from mezzotint_infill.static_pass import StaticPass

WARM_UPS = 2
"""Runs before a recording: kernels are compiled and workspaces taken at the first."""

_logger = logging.getLogger(__name__)


@torch.inference_mode()
def record(passes: Sequence[StaticPass], device: torch.device, budget: int = GRAPH_POOLS) -> int:
    """Record passes, the largest first, for the smaller ones to share its memory; tells how many.

    Nothing is recorded on a device that is no CUDA card.
    """
    if device.type != "cuda":
        return 0
    pool: Any = torch.cuda.graph_pool_handle()
    for number, one in enumerate(sorted(passes, key=lambda each: -each.size)):
        before = _free(device)
        try:
            _record(one, pool, device)
        # Whatever asks the device something while it is recorded raises its own kind.
        except RuntimeError as error:
            one.replay = None
            _logger.warning("A pass over %d positions is not recorded: %s", one.size, error)
            return number
        budget -= before - _free(device)
        if budget <= 0:
            return number + 1
    return len(passes)


def _record(one: StaticPass, pool: Any, device: torch.device) -> None:
    # Recording needs a stream that nothing else has been put on.
    aside: Any = torch.cuda.Stream(device)
    aside.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(aside):
        for _ in range(WARM_UPS):
            one.run()
    torch.cuda.current_stream(device).wait_stream(aside)
    graph: Any = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, pool=pool):
        one.run()
    one.replay = graph.replay


def _free(device: torch.device) -> int:
    torch.cuda.synchronize(device)
    free, _ = torch.cuda.mem_get_info(device)
    return free
