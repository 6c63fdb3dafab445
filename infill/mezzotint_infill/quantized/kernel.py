"""Whether there is a kernel for what a module computes; without one it is plain torch."""

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

import torch

_KERNELS = "mezzotint_infill.kernels"


@cache  # asked in every layer of every pass; the answer is the same for as long as the process lives
def find_kernel(device: torch.device, module: str, name: str) -> Callable[..., Any] | None:
    """A function of one of the modules in ``kernels/``, if it can be used on a device."""
    if importlib.util.find_spec(_KERNELS) is None:
        return None
    if not importlib.import_module(_KERNELS).usable(device):
        return None
    return getattr(importlib.import_module(f"{_KERNELS}.{module}"), name)
