"""Kernels are compared with plain torch on a card, or else in Triton's interpreter on the CPU.

Triton decides at its first import whether it interprets, and whatever asks ``usable`` in that
process would then compute in Python: so ``test_interpreted.py`` runs the comparisons in a process
of their own. On a card they run here, compiled.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

IS_INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
HERE = ["test_interpreted.py", "test_compiled.py", "test_decode.py", "test_language.py"]
THERE = [
    "test_align.py",
    "test_fused_layer.py",
    "test_likelihood.py",
    "test_linear.py",
    "test_moe.py",
    "test_norm.py",
    "test_sample.py",
    "test_sampled.py",
]

ASKING = {
    "_local_scalar_dense",
    "_unique2",
    "equal",
    "is_nonzero",
    "item",
    "masked_select",
    "nonzero",
    "repeat_interleave",
    "unique_dim",
}
"""Operations whose outcome the host waits for."""

COMPARISONS = ["test_interpreted.py"] if torch.cuda.is_available() else THERE

collect_ignore = HERE if IS_INTERPRETED else COMPARISONS


@pytest.fixture(scope="session")
def device() -> torch.device:
    """Where the kernels run."""
    if not IS_INTERPRETED and not torch.cuda.is_available():
        pytest.skip("There is no card: run this with TRITON_INTERPRET=1.")
    return torch.device("cpu" if IS_INTERPRETED else "cuda")


@pytest.fixture(autouse=True)
def infinities_are_fine() -> Iterator[None]:
    """A card computes with them silently; numpy, which the interpreter uses, would warn."""
    with np.errstate(all="ignore"):
        yield


@pytest.fixture(autouse=True)
def repeatable_chance() -> None:
    torch.manual_seed(0)


@pytest.fixture
def asked_by() -> Callable[[Callable[[], object]], set[str]]:
    """Tells by which operations some work makes the host wait for the device."""

    def asked(work: Callable[[], object]) -> set[str]:
        with _Asked() as mode:
            work()
        assert mode.names, "It asks torch for something."
        return mode.names & ASKING

    return asked


class _Asked(TorchDispatchMode):
    """Remembers what torch was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.add(func.overloadpacket.__name__)
        if func.overloadpacket.__name__ == "index" and any(_is_mask(each) for each in args[1]):
            self.names.add("nonzero")  # How many there are is asked first.
        return func(*args, **(kwargs or {}))


def _is_mask(index: Any) -> bool:
    return index is not None and index.dtype is torch.bool
