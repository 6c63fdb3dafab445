"""The plan that a model gets on this machine, by what the driver says of its card."""

import json
from pathlib import Path

import pytest

from mezzotint_infill.embedded.export import configuration
from mezzotint_infill.embedded.shape import Shape
from mezzotint_infill.errors import DoesNotFitError
from mezzotint_infill.memory.here import config_folder, plan_here
from mezzotint_infill.memory.plan import FP8, STREAM, W4_FP8, MemoryPlan
from mezzotint_infill.memory.recorded import NAME, shape_of
from mezzotint_infill.packed.store import DATA_VARIABLE, WEIGHTS, packed_folder


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a card of 24 GB, nearly all of it free, and no model."""
    card_with(24_000, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))


def card_with(free_mib: int, folder: Path) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho 'GPU-1, Some card, 570.1, 24564, {free_mib}, 8.9'\n")
    program.chmod(0o755)


def pack(model: str, *plans: MemoryPlan) -> None:
    for plan in plans:
        folder = packed_folder(model, plan)
        folder.mkdir(parents=True)
        (folder / WEIGHTS).touch()
        (folder / "config.json").write_text(json.dumps(configuration(Shape(layers=2, width=64))))


def test_a_model_that_is_not_here_yet_gets_the_first_plan_that_fits() -> None:
    assert (plan_here("auto", NAME, "cuda") or FP8).name == "w4-bf16"


def test_a_model_that_is_only_packed_gets_a_plan_that_it_is_packed_for() -> None:
    """Another one would be quantized from a checkpoint that is not there."""
    pack(NAME, FP8, W4_FP8)
    assert plan_here("auto", NAME, "cuda") is W4_FP8


def test_if_none_of_those_fits_it_is_one_that_does(tmp_path: Path) -> None:
    pack(NAME, W4_FP8)
    card_with(12_000, tmp_path)
    assert plan_here("auto", NAME, "cuda") is STREAM


def test_a_plan_that_was_asked_for_is_taken_as_it_is() -> None:
    pack(NAME, FP8)
    assert plan_here("w4-fp8", NAME, "cuda") is W4_FP8
    with pytest.raises(DoesNotFitError):
        plan_here("fp8", NAME, "cuda")


def test_a_checkpoint_can_be_read_under_any_plan(mixture_checkpoint: Path) -> None:
    pack(str(mixture_checkpoint), W4_FP8)
    assert (plan_here("auto", str(mixture_checkpoint), "cuda") or FP8).name == "bf16"


def test_the_sizes_of_a_model_that_is_only_packed_are_its_own() -> None:
    pack("my/model", W4_FP8)
    assert len(shape_of("my/model", config_folder("my/model")).layers) == 2
    assert config_folder("nobody/nothing") is None


def test_on_a_cpu_there_is_none_but_the_one_that_is_named() -> None:
    assert plan_here("auto", NAME, "cpu") is None
    assert plan_here("fp8", NAME, "cpu") is FP8
