"""Which sizes a model has: the recorded ones, or those of its own config."""

import json
from pathlib import Path

import pytest

from mezzotint_infill.embedded.export import configuration
from mezzotint_infill.embedded.shape import Shape
from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.memory.recorded import NAME, recorded_facts, shape_of
from mezzotint_infill.memory.shape import ModelShape


@pytest.mark.parametrize(("model", "is_here"), [(NAME, True), (NAME, False), ("own", False)])
def test_the_published_sizes_need_no_files(
    tmp_path: Path, model: str, is_here: bool, shape: ModelShape
) -> None:
    assert shape_of(model, tmp_path if is_here else None) == shape


def test_another_model_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(configuration(Shape(layers=2, width=64))))
    own = shape_of("own", tmp_path)
    assert (len(own.layers), own.vocabulary, own.window) == (2, 4096, 512)


def test_a_config_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(DamagedModelError, match="is no object"):
        shape_of("own", tmp_path)


def test_the_recorded_facts_are_of_the_model_that_they_name() -> None:
    assert recorded_facts()["name"] == NAME
