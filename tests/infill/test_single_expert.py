"""A layer with one expert says the same without routing; one with several is left alone."""

from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint_infill.model import Model, load_stock
from mezzotint_infill.single_expert import NoRouter, OnlyExpert, leave_out_routing


@pytest.fixture
def stock(tiny_checkpoint: Path) -> Any:
    network = load_stock(str(tiny_checkpoint), torch.device("cpu")).float()
    for layer in layers_of(network):
        layer.router.per_expert_scale.data.fill_(0.7)
    return network


def layers_of(network: Any) -> list[Any]:
    return [*network.model.encoder.language_model.layers, *network.model.decoder.layers]


def mixed(layer: Any, hidden: torch.Tensor) -> torch.Tensor:
    _, weights, chosen = layer.router(hidden)
    return layer.experts(hidden, chosen, weights)


@torch.inference_mode()
def test_every_layer_gives_the_same_without_its_router(stock: Any):
    hidden = torch.randn(7, 32)
    before = [mixed(layer, hidden) for layer in layers_of(stock)]
    leave_out_routing(stock)
    for layer, expected in zip(layers_of(stock), before, strict=True):
        assert isinstance(layer.router, NoRouter)
        torch.testing.assert_close(mixed(layer, hidden), expected)


def test_encoder_and_decoder_still_share_their_experts(stock: Any):
    leave_out_routing(stock)
    layers = layers_of(stock)
    half = len(layers) // 2
    for of_encoder, of_decoder in zip(layers[:half], layers[half:], strict=True):
        assert of_encoder.experts.down_proj is of_decoder.experts.down_proj


def test_several_experts_are_left_as_they_are(stock: Any):
    first, *others = layers_of(stock)
    first.experts.num_experts = 2
    leave_out_routing(stock)
    assert not isinstance(first.experts, OnlyExpert)
    assert all(isinstance(layer.experts, OnlyExpert) for layer in others)


def test_a_model_is_loaded_without_routing(tiny_model: Model):
    assert any(isinstance(module, OnlyExpert) for module in tiny_model.network.modules())
