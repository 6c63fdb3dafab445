"""Several processes that train one model: each computes its own rows, gradients are averaged.

Does nothing when there is one. Start them with ``torchrun``.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import nn


def join_processes() -> None:
    """Meet the others, if ``torchrun`` started this one."""
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")


def count_processes() -> int:
    """How many train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process is the one that logs, evaluates and saves."""
    return not dist.is_initialized() or dist.get_rank() == 0


def own_seed(seed: int) -> int:
    """A seed that no other process has, so that each draws rows of its own."""
    return seed if is_first() else seed + 1_000_003 * dist.get_rank()


def agreed(value: float) -> float:
    """The first process' value, so that all of them stop at the same step."""
    if not dist.is_initialized():
        return value
    shared = torch.tensor(value)
    dist.broadcast(shared, 0)
    return float(shared)


def average_gradients(model: nn.Module) -> None:
    """Give every process the mean of all gradients."""
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat: Any = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    parts = flat.split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))
