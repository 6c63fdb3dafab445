"""A model that is not there or cannot be read is one sentence, whoever asks for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from mezzotint_infill.embedded.export import GENERATION, configuration
from mezzotint_infill.embedded.shape import Shape
from mezzotint_server.__main__ import program

if TYPE_CHECKING:
    from pathlib import Path


def check(model: str, source: Path, command: str, *says: str) -> None:
    shown = CliRunner().invoke(program(), [command, f"{source}:5", "--model", model])
    assert shown.exit_code == 2, shown.output
    (sentence,) = [line for line in shown.stderr.splitlines() if line.startswith("mezzotint: ")]
    for words in says:
        assert words in sentence
    assert "Traceback" not in shown.output
    assert shown.stdout == ""


@pytest.mark.parametrize("command", ["fill", "watch"])
@pytest.mark.parametrize(
    "model", ["nobody/nothing-of-this-name", "no such name", "/no/such/folder"]
)
def test_an_unknown_model_is_told_by_name(source: Path, command: str, model: str) -> None:
    check(model, source, command, model, "embedded")


def test_a_folder_without_a_model_is_told(source: Path, tmp_path: Path) -> None:
    check(str(tmp_path), source, "fill", str(tmp_path), "config.json")


@pytest.mark.parametrize(
    "damage",
    [
        {"config.json": "{"},
        {"config.json": "{}"},
        {"model.safetensors": "not weights"},
        {"tokenizer.json": "not a tokenizer"},
    ],
)
def test_a_damaged_model_is_told_where_it_is(
    source: Path, tmp_path: Path, damage: dict[str, str]
) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration(Shape(layers=1, width=64))))
    (folder / "generation_config.json").write_text(json.dumps(GENERATION))
    for name, content in damage.items():
        (folder / name).write_text(content)
    check(str(folder), source, "fill", str(folder))
