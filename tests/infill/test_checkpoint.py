"""A config has to say how large its model is: the class's own sizes are those of no checkpoint."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import DiffusionGemmaConfig

from mezzotint_infill.checkpoint import (
    MODEL_TYPE,
    SIZES,
    defaults_in,
    find_checkpoint,
    read_generation_config,
)
from mezzotint_infill.embedded import CHECKPOINT
from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.memory.recorded import recorded_facts

FACTS = recorded_facts()
TEXT: dict[str, Any] = FACTS["config"]["text_config"]


def folder_with(tmp_path: Path, config: object) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": MODEL_TYPE},
        {"model_type": MODEL_TYPE, "text_config": None},
        {"model_type": MODEL_TYPE, "text_config": [1]},
        {"model_type": MODEL_TYPE, "text_config": {"hidden_size": 2304}},
        *(
            {"model_type": MODEL_TYPE, "text_config": {**TEXT, missing: None}}
            for missing in SIZES
        ),
    ],
)  # fmt: skip
def test_a_config_that_leaves_a_size_to_the_class_is_refused(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    with pytest.raises(DamagedModelError, match="does not say how large") as caught:
        find_checkpoint(str(folder_with(tmp_path, config)))
    assert str(tmp_path) in str(caught.value)


def test_the_classs_own_sizes_are_those_of_no_checkpoint() -> None:
    """Else a config without sizes would be worth nothing less."""
    own: Any = DiffusionGemmaConfig().to_dict()["text_config"]
    assert {name for name in SIZES if own[name] != TEXT[name]} >= {
        "hidden_size", "intermediate_size", "sliding_window", "num_experts",
    }  # fmt: skip


def test_a_config_that_transformers_has_written_anew_says_all_sizes(tmp_path: Path) -> None:
    DiffusionGemmaConfig.from_dict(FACTS["config"]).save_pretrained(tmp_path)
    assert find_checkpoint(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("config", [FACTS["config"], None])
def test_the_published_config_and_the_embedded_one_say_all_sizes(
    tmp_path: Path, config: dict[str, Any] | None
) -> None:
    folder = folder_with(tmp_path, config) if config else CHECKPOINT
    assert find_checkpoint(str(folder)) == folder


def test_the_published_sampling_is_taken_from_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "generation_config.json").write_text(json.dumps(FACTS["generation_config"]))
    read = defaults_in(read_generation_config(tmp_path))
    assert (read.steps, read.entropy_bound, read.confidence_threshold) == (48, 0.1, 0.005)
    assert (read.t_max, read.t_min) == (0.8, 0.4)
