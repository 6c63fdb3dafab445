"""Kernels are compared with plain torch on a card, or else in Triton's interpreter on the CPU.

Triton decides at its first import whether it interprets, and whatever asks ``usable`` in that
process would then compute in Python: so ``test_interpreted.py`` runs the comparisons in a process
of their own. On a card they run here, compiled.
"""

import os
from collections.abc import Iterator

import numpy as np
import pytest
import torch

IS_INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
HERE = ["test_interpreted.py", "test_compiled.py", "test_decode.py", "test_language.py"]
THERE = ["test_align.py", "test_linear.py", "test_moe.py", "test_norm.py", "test_sample.py"]

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
