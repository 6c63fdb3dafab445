"""A packed model is found by its name and plan, and is all that a model needs to be loaded."""

import shutil
from pathlib import Path

import pytest
import torch

from mezzotint_infill.errors import PackedFileError
from mezzotint_infill.memory.plan import FP8, PLANS, STREAM, W4_FP8, MemoryPlan
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.packed.packing import is_packed, pack
from mezzotint_infill.packed.shards import revision_of
from mezzotint_infill.packed.store import WEIGHTS, find_packed, packed_folder


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEZZOTINT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def checkpoint(mixture_checkpoint: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return shutil.copytree(mixture_checkpoint, tmp_path / "model")


def said(model: Model) -> list[float]:
    """What it finds a text likely, exactly."""
    prompt = model.read(model.encode("def add(left, right):\n"))
    return model.log_likelihoods(prompt, [model.encode("    return left + right")])


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_what_was_packed_says_the_same_as_what_is_quantized_on_the_fly(
    plan: MemoryPlan, checkpoint: Path
):
    fresh = load_model(str(checkpoint), "cpu", torch.float32, plan)
    pack(str(checkpoint), checkpoint, plan)
    packed = load_model(str(checkpoint), "cpu", torch.float32, plan)
    assert said(packed) == said(fresh)
    assert packed.parameters == fresh.parameters


def test_a_packed_model_needs_its_checkpoint_no_more(checkpoint: Path):
    pack("somebody/model", checkpoint, W4_FP8)
    expected = said(load_model(str(checkpoint), "cpu", torch.float32, W4_FP8))
    shutil.rmtree(checkpoint)
    assert said(load_model("somebody/model", "cpu", torch.float32, W4_FP8)) == expected


def test_it_is_found_by_its_model_and_plan_only(checkpoint: Path):
    folder = pack("somebody/model", checkpoint, W4_FP8)
    assert find_packed("somebody/model", W4_FP8) == folder
    assert find_packed("somebody/model", FP8) is None
    assert find_packed("somebodyelse/model", W4_FP8) is None


def test_a_folder_is_the_same_model_wherever_it_is_named_from(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(checkpoint.parent)
    assert packed_folder("model", FP8) == packed_folder(str(checkpoint), FP8)


def test_a_checkpoint_that_changed_since_is_told_from_the_one_that_was_packed(checkpoint: Path):
    pack(str(checkpoint), checkpoint, FP8)
    assert is_packed(str(checkpoint), checkpoint, FP8)
    shard = next(checkpoint.glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes())
    assert not is_packed(str(checkpoint), checkpoint, FP8)
    with pytest.raises(PackedFileError, match="made from the revision files-.*, not from files-"):
        load_model(str(checkpoint), "cpu", plan=FP8)


def test_a_damaged_one_is_refused_and_made_anew(checkpoint: Path):
    weights = pack("somebody/model", checkpoint, STREAM) / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(PackedFileError, match="is damaged"):
        load_model("somebody/model", "cpu", plan=STREAM)
    assert not is_packed("somebody/model", checkpoint, STREAM)
    pack("somebody/model", checkpoint, STREAM)
    assert is_packed("somebody/model", checkpoint, STREAM)


def test_a_hub_snapshot_is_known_by_its_commit(checkpoint: Path, tmp_path: Path):
    snapshot = tmp_path / "snapshots" / ("0" * 40)
    shutil.copytree(checkpoint, snapshot)
    assert revision_of(snapshot) == "0" * 40
