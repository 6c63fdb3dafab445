"""The sizes of the published model, counted from its config, and configs that cannot be counted."""

from typing import Any

import pytest

from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.memory.count import count_shape
from mezzotint_infill.memory.recorded import recorded_facts
from mezzotint_infill.memory.shape import ModelShape, Part

CONFIG: dict[str, Any] = recorded_facts()["config"]
TOTALS: dict[str, int] = recorded_facts()["totals"]
VISION_BUFFERS = 2 * 1152 * 2
"""Bytes of the tower's mean and deviation, which the file's total holds as well."""


def test_what_is_recorded_is_what_is_counted_from_the_config(shape: ModelShape) -> None:
    assert count_shape(CONFIG) == shape


def test_as_many_parameters_are_counted_as_the_published_index_says(shape: ModelShape) -> None:
    assert shape.parameters + shape.vision_parameters == TOTALS["parameters"] == 25_823_778_864


def test_as_many_bytes_are_counted_as_the_published_index_says(shape: ModelShape) -> None:
    loaded = sum(2 * it.parameters for it in shape.weights())
    assert loaded + 2 * shape.vision_parameters + VISION_BUFFERS == TOTALS["bytes"]


@pytest.mark.parametrize(
    ("part", "parameters"),
    [
        (Part.GATE_UP, 30 * 128 * 1408 * 2816),
        (Part.DOWN, 30 * 128 * 2816 * 704),
        (Part.ATTENTION, 1_110_179_840),
        (Part.FEED_FORWARD, 535_265_280),
        (Part.SELF_CONDITIONING, 3 * 2112 * 2816),
        (Part.EMBEDDINGS, 738_197_504),
        (Part.ROUTER, 10_901_760),
        (Part.NORMS, 612_096 + 2816),
        (Part.LAYER_SCALARS, 60),
    ],
)
def test_each_part_is_as_large_as_in_the_published_model(
    shape: ModelShape, part: Part, parameters: int
) -> None:
    assert sum(it.parameters for it in shape.weights() if it.part is part) == parameters


def test_a_token_takes_up_as_much_of_the_prefix_cache_as_its_layers_say(shape: ModelShape) -> None:
    sliding = [layer.keys_and_values for layer in shape.layers if layer.is_sliding]
    full = [layer.keys_and_values for layer in shape.layers if not layer.is_sliding]
    assert (len(sliding), 2 * sum(sliding)) == (25, 204_800)
    assert (len(full), 2 * sum(full)) == (5, 20_480)


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "diffusion_gemma"},
        {"model_type": "diffusion_gemma", "text_config": None},
        {"model_type": "diffusion_gemma", "text_config": {}},
        {**CONFIG, "text_config": {**CONFIG["text_config"], "hidden_size": None}},
    ],
)
def test_no_model_is_made_up_from_the_classs_defaults(config: dict[str, Any]) -> None:
    with pytest.raises(DamagedModelError, match="does not say how large the model is"):
        count_shape(config)
