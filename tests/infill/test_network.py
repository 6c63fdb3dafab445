"""A network under a plan is the stock one with dequantized weights in it, and shares its modules."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from mezzotint_infill.checkpoint import find_checkpoint
from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.memory.plan import PLANS, W4_FP8, MemoryPlan
from mezzotint_infill.model import load_model
from mezzotint_infill.network import read_stock
from mezzotint_infill.packed.parts import format_of
from mezzotint_infill.quantized.weight import quantize

PROMPT = torch.arange(4, 40)[None]
CANVAS = torch.arange(50, 66)[None]

plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)


def stock_with_rounded_weights(folder: Path, plan: MemoryPlan) -> Any:
    """transformers' own network; its weights went through the plan's formats and back."""
    network = read_stock(folder, torch.float32)
    held: dict[str, Tensor] = network.state_dict(keep_vars=True)
    with torch.no_grad():
        for key, tensor in held.items():
            if key.startswith("model.decoder."):  # what is tied to it is the same tensor
                weight = quantize(tensor.detach().clone(), format_of(key, plan))
                tensor.copy_(weight.dequantized(torch.float32))
    return network


@torch.inference_mode()
def outputs(network: Any) -> tuple[Tensor, Tensor]:
    """The encoder's last hidden state and the decoder's logits behind it."""
    read = network.model.encoder.language_model(input_ids=PROMPT)
    hidden = network.model.decoder(
        decoder_input_ids=CANVAS, past_key_values=read.past_key_values
    ).last_hidden_state
    return read.last_hidden_state, network.lm_head(hidden)


@pytest.mark.parametrize("checkpoint", ["mixture_checkpoint", "embedded"])
@plans
def test_outputs_are_those_of_the_stock_network_with_dequantized_weights(
    plan: MemoryPlan, checkpoint: str, request: pytest.FixtureRequest
):
    name = "embedded" if checkpoint == "embedded" else str(request.getfixturevalue(checkpoint))
    ours: Any = load_model(name, "cpu", torch.float32, plan).network
    theirs = stock_with_rounded_weights(find_checkpoint(name), plan)
    for mine, other in zip(outputs(ours), outputs(theirs), strict=True):
        torch.testing.assert_close(mine, other, rtol=2e-4, atol=2e-4)


@plans
def test_encoder_and_decoder_share_all_but_their_scalars(
    plan: MemoryPlan, mixture_checkpoint: Path
):
    network: Any = load_model(str(mixture_checkpoint), "cpu", torch.float32, plan).network
    encoder, decoder = network.model.encoder.language_model, network.model.decoder
    assert encoder.embed_tokens is decoder.embed_tokens is network.lm_head.table
    assert encoder.norm is decoder.norm
    for mine, theirs in zip(encoder.layers, decoder.layers, strict=True):
        assert mine.layer_scalar is not theirs.layer_scalar
        assert not torch.equal(mine.layer_scalar, theirs.layer_scalar)
        for name, child in theirs.named_children():
            assert name == "self_attn" or getattr(mine, name) is child
        for name, child in theirs.self_attn.named_children():
            assert getattr(mine.self_attn, name) is child


@plans
def test_nothing_is_left_on_meta_and_the_vision_tower_is_left_out(
    plan: MemoryPlan, mixture_checkpoint: Path
):
    network: Any = load_model(str(mixture_checkpoint), "cpu", torch.float32, plan).network
    held = [*network.parameters(), *network.buffers()]
    assert held
    assert not any(tensor.is_meta for tensor in held)
    assert network.model.encoder.vision_tower is None
    stock = read_stock(mixture_checkpoint, torch.float32)
    for name in ("sliding_attention_inv_freq", "full_attention_inv_freq"):
        expected = getattr(stock.model.decoder.rotary_emb, name)
        for half in (network.model.encoder.language_model, network.model.decoder):
            torch.testing.assert_close(getattr(half.rotary_emb, name), expected)


@plans
def test_weights_are_counted_whatever_they_are_kept_in(plan: MemoryPlan, mixture_checkpoint: Path):
    exact = load_model(str(mixture_checkpoint), "cpu", torch.float32)
    planned = load_model(str(mixture_checkpoint), "cpu", torch.float32, plan)
    assert planned.parameters == exact.parameters


def test_in_bfloat16_outputs_are_close_to_those_in_float32():
    """Of the model with one expert: where there are several, a rounding chooses others."""
    whole, half = (
        outputs(load_model("embedded", "cpu", dtype, W4_FP8).network)[0]
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert half.dtype is torch.bfloat16
    assert float((whole - half).norm() / whole.norm()) < 0.05


def test_weights_that_are_missing_are_named(tiny_checkpoint: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    del weights["model.decoder.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DamagedModelError, match="lacks weights: model.decoder.layers.1.mlp.up_p"):
        load_model(str(folder), "cpu", plan=PLANS[1])
