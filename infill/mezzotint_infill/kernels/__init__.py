"""Triton kernels for CUDA: weights are read once a step, in the format they are kept in.

Nothing here knows a model: every function takes tensors, and ``reference.py`` has a plain torch
version of the same signature that the tests hold it to. Whoever calls one asks :func:`usable`
first. All of them can be captured in a CUDA graph: grids follow from shapes alone, nothing is
asked of the device, and what changes from step to step (temperature, noise) lies in tensors.

There is no autotuning: it measures, and so it neither works while a graph is captured nor chooses
the same twice; another tile adds up in another order, and the last bits decide fills.
"""

from functools import cache

import torch

from mezzotint_infill.kernels.language import IS_INTERPRETED, IS_THERE


@cache  # asked in every layer of every pass
def usable(device: torch.device) -> bool:
    """Whether the kernels run on tensors of this device.

    A CUDA device from Ampere on (8.0: it multiplies bfloat16), or any under Triton's interpreter
    (``TRITON_INTERPRET=1`` before Triton is imported), which is for tests.
    """
    if not IS_THERE or IS_INTERPRETED:
        return IS_INTERPRETED
    is_cuda = device.type == "cuda" and torch.version.hip is None
    return is_cuda and torch.cuda.get_device_capability(device) >= (8, 0)
