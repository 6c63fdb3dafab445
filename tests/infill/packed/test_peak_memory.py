"""Converting holds a slice at a time, however large the checkpoint is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from mezzotint_infill.memory.plan import PLANS

KEY = "model.decoder.layers.0.experts.gate_up_proj"
CHECKPOINT_BYTES = 2**27
MOST_BYTES = 2**25
"""A slice of a mebibyte, what comes of it, and float32 copies of a million elements of it."""
AT_ONCE = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
"""What is freed goes back to the system, and does not count any more."""

PEAKS = """
import json, sys
from pathlib import Path

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from mezzotint_infill.memory.plan import PLANS
from mezzotint_infill.packed.header import Origin
from mezzotint_infill.packed.shards import Shards
from mezzotint_infill.packed.writing import convert

def own_bytes():
    # What is mapped from a file is the kernel's to drop: it counts as shared.
    resident, shared = Path("/proc/self/statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * 4096

class Peak(TorchDispatchMode):
    bytes = 0
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        self.bytes = max(self.bytes, own_bytes())
        return made

def peak_of(folder, plan):
    before = own_bytes()
    with Peak() as peak, Shards(folder, slice_bytes=2**20) as shards:
        convert(shards, folder / "packed", Origin("m", "r", plan), torch.device("cpu"))
    return peak.bytes - before

torch.set_num_threads(1)
small, large = map(Path, sys.argv[1:])
for plan in PLANS:
    peak_of(small, plan)  # What torch imports and keeps at its first use is no slice.
print(json.dumps({plan.name: peak_of(large, plan) for plan in PLANS}))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells so simply")
def test_no_more_than_a_slice_is_in_memory_while_a_checkpoint_is_converted(tmp_path: Path):
    """In a process of its own: here torch may still have room that other tests have left."""
    small, large = tmp_path / "small", tmp_path / "large"
    stack = torch.empty(0)
    for folder, experts in ((small, 1), (large, 64)):
        folder.mkdir()
        stack = torch.randn(experts, 1024, 1024, dtype=torch.bfloat16)
        safetensors.torch.save_file(
            {KEY: stack}, folder / "model.safetensors", metadata={"format": "pt"}
        )
    assert stack.nbytes == CHECKPOINT_BYTES
    ran = subprocess.run(
        [sys.executable, "-c", PEAKS, str(small), str(large)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **AT_ONCE},
    )
    assert ran.returncode == 0, ran.stderr
    peaks: dict[str, int] = json.loads(ran.stdout)
    assert peaks.keys() == {plan.name for plan in PLANS}
    assert max(peaks.values()) < MOST_BYTES, peaks
