"""Layers through the kernels, held against transformers' own, and what a recorded pass may ask."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.fused_layer import fuse
from mezzotint_infill.memory.plan import BF16, FP8, STREAM, W4_FP8, Format, MemoryPlan
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.quantized.experts import fused_experts
from mezzotint_infill.quantized.modules import QuantizedLinear
from mezzotint_infill.quantized.stack import StackedLinear
from mezzotint_infill.quantized.weight import quantize

WINDOW, STRIDE, CONTEXT = 16, 32, 1000
PROMPT = [20 + number % 200 for number in range(25)]
Load = Callable[[MemoryPlan | None], Model]


@pytest.fixture(scope="module")
def load(
    mixture_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory, device: torch.device
) -> Load:
    """Loads a mixture of experts, with full and sliding layers, the window shorter than prompts."""
    folder = shutil.copytree(mixture_checkpoint, tmp_path_factory.mktemp("short") / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["sliding_window"] = WINDOW
    (folder / "config.json").write_text(json.dumps(config))

    def read(plan: MemoryPlan | None) -> Model:
        model = load_model(str(folder), device.type, torch.float32, plan)
        model.stride, model.slack = STRIDE, STRIDE
        return model

    return read


@pytest.fixture(scope="module")
def settled(load: Load) -> Model:
    model = load(W4_FP8)
    model.use_kernels()
    model.settle(CONTEXT)
    return model


class NothingBefore:
    """A cache of an empty prompt."""

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        return key, value


def through(layer: Any, rotary: Any) -> Tensor:
    """A layer's answer to random hidden states; one row of places for all canvases, as in a pass."""
    chance = torch.Generator().manual_seed(3)
    hidden = torch.randn(2, 5, layer.hidden_size, generator=chance)
    hidden = hidden.to(layer.layer_scalar.device)
    places = torch.arange(90, 95, device=hidden.device)[None]
    sees = torch.ones(1, 1, 5, 5, dtype=torch.bool, device=hidden.device).tril()
    return layer(
        hidden.clone(),
        position_embeddings=rotary(hidden, places, layer.self_attn.layer_type),
        attention_mask=sees if layer.self_attn.is_causal else None,
        position_ids=places,
        past_key_values=NothingBefore(),
    )


@torch.inference_mode()
@pytest.mark.parametrize("plan", [None, BF16, FP8, STREAM], ids=lambda plan: plan and plan.name)
def test_layers_say_what_transformers_layers_say(plan: MemoryPlan | None, load: Load):
    network: Any = load(plan).network
    for half in (network.model.decoder, network.model.encoder.language_model):
        sliding, full = half.layers[0], half.layers[-1]
        assert sliding.self_attn.v_proj is not None
        assert full.self_attn.v_proj is None
        for layer in (sliding, full):
            expected = through(layer, half.rotary_emb)
            fuse(layer)
            assert "forward" in vars(layer)
            found = through(layer, half.rotary_emb)
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_what_reads_the_same_is_multiplied_at_once(load: Load):
    network: Any = load(W4_FP8).network
    layer = network.model.decoder.layers[0]
    attention, mlp = layer.self_attn, layer.mlp
    fuse(layer)
    called: list[Any] = []
    for module in layer.modules():
        if isinstance(module, (QuantizedLinear, StackedLinear)):
            module.register_forward_pre_hook(lambda module, _inputs: called.append(module))
    through(layer, network.model.decoder.rotary_emb)
    together = attention.q_proj.stack, mlp.gate_proj.stack
    assert called == [together[0], attention.o_proj, together[1], mlp.down_proj]


def test_a_settled_network_says_what_transformers_says(settled: Model, load: Load):
    """The one that is not settled has transformers' own layers around the same modules."""
    stock = load(W4_FP8)
    canvas = torch.arange(20, 30, device=stock.device).view(2, 5)
    rows, places = torch.ones(2, 5, device=stock.device).nonzero(as_tuple=True)
    free = FreePositions(rows, places, places, torch.zeros_like(rows))
    expected, found = (
        model.logits(model.read(PROMPT), canvas, free, model.embed(canvas.flip(1)))
        for model in (stock, settled)
    )
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)


def test_a_layer_with_a_single_expert_is_left_as_it_is(tiny_checkpoint: Path, device: torch.device):
    network: Any = load_model(str(tiny_checkpoint), device.type, torch.float32).network
    layer = network.model.decoder.layers[0]
    fuse(layer)
    assert "forward" not in vars(layer)


def test_a_pass_that_is_recorded_asks_the_device_nothing(
    settled: Model, asked_by: Callable[[Callable[[], object]], set[str]]
):
    prefix = settled.read(PROMPT)
    both = settled._canvases, settled._texts  # pyright: ignore[reportPrivateUsage] # what a graph records
    for passes in both:
        static = passes and passes.fitting(prefix, 5)
        assert static is not None
        with torch.inference_mode():
            assert not asked_by(static.run)


def test_plain_experts_would_have_asked(asked_by: Callable[[Callable[[], object]], set[str]]):
    """So the test before this one can fail."""
    weights = [
        quantize(torch.randn(3, 4, 2), Format.BF16),
        quantize(torch.randn(3, 2, 2), Format.BF16),
    ]
    chosen = torch.tensor([[0, 2]])
    assert asked_by(lambda: fused_experts(torch.randn(1, 2), chosen, torch.ones(1, 2), *weights))
