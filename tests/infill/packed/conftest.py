"""What tests of packed files start from."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mezzotint_infill.memory.plan import W4_FP8, MemoryPlan
from mezzotint_infill.packed.header import Origin
from mezzotint_infill.packed.shards import Shards
from mezzotint_infill.packed.writing import convert

Pack = Callable[..., Path]


@pytest.fixture
def pack(mixture_checkpoint: Path, tmp_path: Path) -> Pack:
    """Converts the checkpoint of several experts: ``pack(plan)`` is the packed file."""

    def make(plan: MemoryPlan = W4_FP8, source: str = "model", revision: str = "r1") -> Path:
        target = tmp_path / f"{plan.name}.safetensors"
        with Shards(mixture_checkpoint) as shards:
            convert(shards, target, Origin(source, revision, plan), torch.device("cpu"))
        return target

    return make
