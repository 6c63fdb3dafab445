"""Layers that come and go compute what layers that stay do."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mezzotint_infill.memory.plan import STREAM, W4_FP8_EMB8
from mezzotint_infill.model import load_model
from mezzotint_infill.quantized.modules import QuantizedLinear, kept_in
from mezzotint_infill.quantized.streaming import LayerStream
from mezzotint_infill.quantized.weight import quantize

CPU = torch.device("cpu")
X = torch.randn(2, 64, generator=torch.Generator().manual_seed(0))


def a_layer(seed: int) -> nn.Sequential:
    """Of a size of its own."""
    generator = torch.Generator().manual_seed(seed)
    inner = 64 * (1 + seed % 3)
    shapes = ((inner, 64), (64, inner))
    return nn.Sequential(
        *(
            QuantizedLinear(quantize(torch.randn(shape, generator=generator), kind))
            for shape, kind in zip(shapes, (STREAM.experts, STREAM.projections), strict=True)
        )
    )


def run(layers: list[nn.Sequential], order: list[int]) -> Tensor:
    x = X
    for number in order:
        x = torch.tanh(layers[number](x))
    return x


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("first", [0, 1, 4])
def test_in_any_order_they_compute_what_they_would_if_they_stayed(count: int, first: int):
    order = [(first + turn) % count for turn in range(3 * count)] + [0, 0, count - 1]
    expected = run([a_layer(seed) for seed in range(count)], order)
    layers = [a_layer(seed) for seed in range(count)]
    LayerStream([(layer,) for layer in layers], CPU)
    torch.testing.assert_close(run(layers, order), expected, rtol=0, atol=0)


def test_after_a_pass_that_failed_the_next_one_is_right():
    layers = [a_layer(seed) for seed in range(4)]
    expected = run(layers, [0, 1, 2, 3])
    LayerStream([(layer,) for layer in layers], CPU)

    def fail(_layer: nn.Module, _inputs: object) -> None:
        raise ZeroDivisionError

    failing = layers[2][1].register_forward_pre_hook(fail)
    with pytest.raises(ZeroDivisionError):
        run(layers, [0, 1, 2, 3])
    failing.remove()
    torch.testing.assert_close(run(layers, [0, 1, 2, 3]), expected, rtol=0, atol=0)


def test_of_any_number_of_layers_two_are_there_at_a_time():
    layers = [a_layer(seed) for seed in range(5)]
    rooms: set[int] = set()

    def look(layer: nn.Module, _inputs: object) -> None:
        rooms.update(kept.data.untyped_storage().data_ptr() for kept in kept_in(layer))

    for layer in layers:
        for part in layer:
            part.register_forward_pre_hook(look)
    LayerStream([(layer,) for layer in layers], CPU)
    run(layers, [0, 1, 2, 3, 4, 0, 1])
    assert len(rooms) == 2
    waiting = {
        kept.data.untyped_storage().data_ptr() for layer in layers for kept in kept_in(layer)
    }
    assert len(waiting) == 5
    assert not waiting & rooms


def test_a_streamed_model_says_what_the_same_weights_say_that_stay(mixture_checkpoint: Path):
    streamed: Any
    staying: Any
    streamed, staying = (
        load_model(str(mixture_checkpoint), "cpu", torch.float32, plan)
        for plan in (STREAM, W4_FP8_EMB8)
    )
    tokens = streamed.encode("def add(left, right):\n")
    texts = [streamed.encode("    return left"), streamed.encode("x = 1\n")]
    assert streamed.log_likelihoods(streamed.read(tokens), texts) == staying.log_likelihoods(
        staying.read(tokens), texts
    )
