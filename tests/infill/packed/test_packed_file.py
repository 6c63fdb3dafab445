"""What is packed comes back bit for bit, and what is damaged or foreign is refused in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import Tensor

from mezzotint_infill.errors import ModelError, NoSpaceError, PackedFileError
from mezzotint_infill.memory.plan import BF16, FP8, PLANS, W4_FP8, MemoryPlan
from mezzotint_infill.packed import header, writing
from mezzotint_infill.packed.header import Origin
from mezzotint_infill.packed.parts import format_of, is_wanted
from mezzotint_infill.packed.reading import PackedFile
from mezzotint_infill.packed.shards import Shards
from mezzotint_infill.packed.writing import convert
from mezzotint_infill.quantized.weight import quantize

CPU = torch.device("cpu")
plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)


def same(mine: Tensor | None, theirs: Tensor | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return mine.dtype == theirs.dtype and torch.equal(
        mine.contiguous().view(torch.uint8), theirs.contiguous().view(torch.uint8)
    )


@plans
def test_every_weight_comes_back_as_it_was_quantized(
    plan: MemoryPlan, pack: Callable[..., Path], mixture_checkpoint: Path
):
    with PackedFile(pack(plan), plan, "model", "r1") as packed, Shards(mixture_checkpoint) as shards:
        wanted = [key for key in shards.names if is_wanted(key)]
        assert len(wanted) > 50
        for key in wanted:
            read = packed.weight(key, CPU, torch.bfloat16)
            made = quantize(shards.tensor(key), format_of(key, plan))
            assert same(read.data, made.data), key
            assert same(read.scale, made.scale), key


def test_it_is_a_safetensors_file_that_says_what_it_is(pack: Callable[..., Path]):
    with safe_open(pack(W4_FP8), framework="pt") as file:
        told = file.metadata()
        assert {"plan": "w4-fp8", "source": "model", "revision": "r1", "version": "1"}.items() <= (
            told.items()
        )
        shapes = json.loads(told["shapes"])
        key = "model.decoder.layers.0.experts.gate_up_proj"
        assert shapes[key] == [6, 128, 128]
        assert file.get_tensor(key).shape == (6, 128, 64)
        assert file.get_tensor(key).dtype is torch.uint8
        assert file.get_tensor(f"{key}.scale").dtype is torch.bfloat16
        assert not any("vision" in name for name in file.keys())  # noqa: SIM118 - it is no mapping


def test_slices_make_the_same_file_as_whole_tensors(
    pack: Callable[..., Path], mixture_checkpoint: Path, tmp_path: Path
):
    whole = pack(W4_FP8)
    with Shards(mixture_checkpoint, slice_bytes=1) as shards:
        convert(shards, tmp_path / "sliced", Origin("model", "r1", W4_FP8), CPU)
    assert (tmp_path / "sliced").read_bytes() == whole.read_bytes()


def refused(path: Path, *words: str, plan: MemoryPlan = W4_FP8, source: str = "model") -> None:
    with pytest.raises(PackedFileError) as caught, PackedFile(path, plan, source, "r1"):
        pass
    sentence = str(caught.value)
    assert "\n" not in sentence
    for word in (str(path), "mezzotint pull", *words):
        assert word in sentence


@pytest.mark.parametrize("kept", [0, 4, 100, -1_000, -1])
def test_a_truncated_file_is_refused(pack: Callable[..., Path], kept: int):
    path = pack()
    path.write_bytes(path.read_bytes()[:kept])
    refused(path, "damaged")


@pytest.mark.parametrize("place", [0, 7, 8, 30, 5_000, 0.3, 0.6, 0.999, -1])
def test_a_flipped_bit_is_found_wherever_it_is(pack: Callable[..., Path], place: float):
    path = pack()
    content = bytearray(path.read_bytes())
    where = int(place * len(content)) if isinstance(place, float) else int(place)
    content[where] ^= 1
    path.write_bytes(content)
    refused(path)


def test_a_file_that_goes_on_behind_its_end_is_refused(pack: Callable[..., Path]):
    path = pack()
    path.write_bytes(path.read_bytes() + b"x")
    refused(path, "damaged")


def test_a_safetensors_file_of_somebody_else_is_refused(mixture_checkpoint: Path):
    refused(next(mixture_checkpoint.glob("*.safetensors")))


def test_a_file_for_another_plan_is_refused(pack: Callable[..., Path]):
    refused(pack(FP8), "for the plan fp8", "not for w4-fp8")


def test_a_plan_whose_formats_have_changed_since_is_another_one(pack: Callable[..., Path]):
    older = MemoryPlan("w4-fp8", BF16.experts, W4_FP8.projections, W4_FP8.embeddings)
    refused(pack(older), "bf16 fp8 bf16", "int4-g64 fp8 bf16")


def test_a_file_of_another_model_is_refused(pack: Callable[..., Path]):
    refused(pack(source="other"), "the source other", "not from model")


def test_a_file_of_another_revision_is_refused(pack: Callable[..., Path]):
    refused(pack(revision="r2"), "the revision r2", "not from r1")


def test_a_file_of_another_format_version_is_refused(
    pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(header, "VERSION", "0")
    path = pack()
    refused(path, "packed format 0", "not 1")


def test_a_failure_leaves_nothing_behind(mixture_checkpoint: Path, tmp_path: Path):
    target = tmp_path / "packed"

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with Shards(mixture_checkpoint) as shards, pytest.raises(KeyboardInterrupt):
        convert(shards, target, Origin("model", "r1", W4_FP8), CPU, stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_size_of_what_was_written(
    mixture_checkpoint: Path, tmp_path: Path
):
    heard: list[tuple[int, int]] = []
    target = tmp_path / "packed"
    with Shards(mixture_checkpoint) as shards:
        convert(
            shards, target, Origin("m", "r", FP8), CPU, lambda *told: heard.append(told)
        )
    assert heard == sorted(heard)
    assert heard[-1][0] == heard[-1][1]
    assert 0 < target.stat().st_size - heard[-1][1] < 100_000  # the header


def test_a_disk_without_room_is_refused_before_anything_is_written(
    mixture_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writing, "SPARE_BYTES", 2**60)
    target = tmp_path / "there" / "packed"
    with Shards(mixture_checkpoint) as shards, pytest.raises(NoSpaceError, match="make room"):
        convert(shards, target, Origin("m", "r", FP8), CPU)
    assert list(target.parent.iterdir()) == []


def test_a_model_whose_sizes_a_plan_cannot_divide_is_told_so(
    tiny_checkpoint: Path, tmp_path: Path
):
    with (
        Shards(tiny_checkpoint) as shards,
        pytest.raises(ModelError, match="The plan w4-fp8 is not for this model: .* 64"),
    ):
        convert(shards, tmp_path / "packed", Origin("m", "r", W4_FP8), CPU)
