"""Layers that read the same input lie in one weight, and are what they would be each for itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import ReferenceType, ref

import pytest
import torch
from torch import Tensor

from mezzotint_infill.memory.plan import PLANS, STREAM, Format, MemoryPlan
from mezzotint_infill.model import load_model
from mezzotint_infill.packed.parts import DECODER
from mezzotint_infill.packed.shards import Shards
from mezzotint_infill.quantized.modules import QuantizedLinear, kept_in, parameter_count
from mezzotint_infill.quantized.stack import parted, stack_of
from mezzotint_infill.quantized.weight import Weight, joined, quantize

SIZES = (96, 64, 32)


def separate(kind: Format) -> list[Weight]:
    torch.manual_seed(0)
    return [quantize(torch.randn(size, 128), kind) for size in SIZES]


def stacked(kind: Format) -> QuantizedLinear:
    return QuantizedLinear(joined(separate(kind), sum(SIZES)))


@pytest.mark.parametrize("kind", Format)
def test_rows_below_one_another_are_the_same_to_the_last_bit(kind: Format):
    stack, x = stacked(kind), torch.randn(5, 128)
    layers = parted(stack, SIZES)
    for layer, weight in zip(layers, separate(kind), strict=True):
        assert torch.equal(layer.kept.dequantized(torch.float32), weight.dequantized(torch.float32))
        assert torch.equal(layer(x), QuantizedLinear(weight)(x))
    together = torch.cat([layer(x) for layer in layers], dim=-1)
    torch.testing.assert_close(stack(x), together)


def test_nothing_is_there_twice_nor_counted_twice():
    stack = stacked(Format.FP8)
    layers = torch.nn.ModuleList(parted(stack, SIZES))
    for layer in parted(stack, SIZES):
        assert layer.kept.data.untyped_storage().data_ptr() == stack.data.data_ptr()
    assert list(kept_in(layers)) == [stack]
    assert parameter_count(layers) == sum(SIZES) * 128


def test_only_all_of_a_stack_in_its_order_are_one():
    stack = stacked(Format.FP8)
    query, keys, values = parted(stack, SIZES)
    other = parted(stacked(Format.FP8), SIZES)[2]
    assert stack_of((query, keys, values)) is stack
    for some in ((query, keys), (keys, query, values), (query, keys, other), (query, stack)):
        assert stack_of(some) is None
    assert stack_of(()) is None


def layers_of(folder: Path, plan: MemoryPlan) -> Any:
    network: Any = load_model(str(folder), "cpu", torch.float32, plan).network
    return network.model.decoder.layers, network.model.encoder.language_model.layers


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_planned_layer_multiplies_what_reads_the_same_at_once(
    plan: MemoryPlan, mixture_checkpoint: Path
):
    """As the checkpoint has it, in the decoder's layers and in the encoder's, whose are the same."""
    with Shards(mixture_checkpoint) as shards:
        for halves in zip(*layers_of(mixture_checkpoint, plan), strict=True):
            for layer in halves:
                attention, mlp = layer.self_attn, layer.mlp
                projections = (attention.q_proj, attention.k_proj, attention.v_proj)
                there = [each for each in projections if each is not None]
                assert stack_of(there) is not None
                assert stack_of((mlp.gate_proj, mlp.up_proj)) is not None
                name = f"{DECODER}layers.{attention.layer_idx}.self_attn.k_proj.weight"
                expected = quantize(shards.tensor(name), plan.projections)
                found = attention.k_proj.kept.dequantized(torch.float32)
                assert torch.equal(found, expected.dequantized(torch.float32))
            assert halves[0].self_attn.q_proj is halves[1].self_attn.q_proj


def test_full_layers_have_no_values_of_their_own(mixture_checkpoint: Path):
    decoder, _ = layers_of(mixture_checkpoint, STREAM)
    assert {layer.self_attn.v_proj is None for layer in decoder} == {True, False}


def test_of_the_separate_weights_one_is_there_at_a_time():
    made: list[ReferenceType[Tensor]] = []

    def weights() -> Iterator[Weight]:
        for _ in SIZES:
            assert not any(weight() is not None for weight in made)
            weight = quantize(torch.randn(64, 128), Format.FP8)
            made.append(ref(weight.data))
            yield weight
            del weight

    assert joined(weights(), 64 * len(SIZES)).shape == (64 * len(SIZES), 128)
    assert len(made) == len(SIZES)
    with pytest.raises(ValueError, match="nothing"):
        joined([], 3)
