"""Networks of random weights: whole, the same each time, and as good to use as a checkpoint's."""

from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint_infill.benchmark_gpu.random_weights import RandomCheckpoint, random_stock
from mezzotint_infill.benchmark_gpu.shapes import TINY, write_config
from mezzotint_infill.benchmark_gpu.source import Source, made_from
from mezzotint_infill.memory.plan import BF16, FP8, STREAM, W4_BF16, W4_FP8_EMB8, MemoryPlan
from mezzotint_infill.passes import Passes
from mezzotint_infill.quantized.modules import kept_in

CPU = torch.device("cpu")
PROMPT = list(range(3, 150))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(TINY, tmp_path)
    return tmp_path


def random_network(folder: Path, plan: MemoryPlan, packed_in: Path | None = None) -> Any:
    with made_from(Source(TINY, True, packed_in), folder, plan, CPU, room=0) as made:
        assert made.is_packed is (packed_in is not None)
        return made.build()


@pytest.mark.parametrize("plan", [BF16, FP8, W4_BF16, W4_FP8_EMB8])
def test_every_plan_reads_a_prompt_longer_than_its_window(folder: Path, plan: MemoryPlan):
    passes = Passes(random_network(folder, plan))
    assert len(PROMPT) > 2 * passes.window
    assert passes.read(PROMPT).last_hidden.isfinite().all()
    assert plan.experts in {kept.format for kept in kept_in(passes.network)}


def test_two_networks_of_one_seed_are_the_same(folder: Path):
    one, other = (Passes(random_network(folder, FP8)) for _ in range(2))
    assert torch.equal(one.read(PROMPT).last_hidden, other.read(PROMPT).last_hidden)


def test_a_tensor_hangs_on_nothing_that_was_read_before(folder: Path):
    key = "model.decoder.layers.0.experts.gate_up_proj"
    read = [next(RandomCheckpoint(folder, CPU, seed).slices(key))[1] for seed in (0, 0, 1)]
    assert torch.equal(read[0], read[1])
    assert not torch.equal(read[0], read[2])


@pytest.mark.parametrize("plan", [W4_BF16, STREAM])
def test_packed_and_read_again_it_is_the_same_network(folder: Path, plan: MemoryPlan):
    made, read = (Passes(random_network(folder, plan, where)) for where in (None, folder))
    assert torch.equal(made.read(PROMPT).last_hidden, read.read(PROMPT).last_hidden)
    assert not list(folder.glob("*.safetensors"))


def test_a_context_that_was_settled_holds_its_prompts_without_growing(folder: Path):
    passes = Passes(random_network(folder, BF16))
    assert passes.settle(4096) == 0
    size = passes.read(PROMPT).buffers.bytes
    assert passes.read([*PROMPT * 28][:4096]).buffers.bytes == size


# What ``generate`` imports of torch, torch itself warns of.
@pytest.mark.filterwarnings("ignore:.torch.jit.script_method:DeprecationWarning")
@torch.inference_mode()
def test_the_stock_network_shares_its_weights_between_both_sides(folder: Path):
    stock = random_stock(folder, CPU, torch.float32)
    mine, theirs = stock.model.encoder.language_model, stock.model.decoder
    assert mine.layers[0].experts.gate_up_proj is theirs.layers[0].experts.gate_up_proj
    assert mine.layers[0].layer_scalar is not theirs.layers[0].layer_scalar
    made = stock.generate(torch.tensor([PROMPT]), max_new_tokens=32, max_denoising_steps=2)
    assert made.sequences.shape[1] > len(PROMPT)
