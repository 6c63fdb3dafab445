"""``mezzotint bench gpu``: what it prints, on a tiny shape without a card. Times are not judged."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint_infill.packed import writing

# What ``generate`` imports of torch, torch itself warns of.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script_method:DeprecationWarning")

TINY = ("bench", "gpu", "--random-weights", "--device", "cpu", "--shape", "tiny")
FEW = ("--repeats", "2", "--context", "256")


def test_programs_get_every_figure_of_a_plan(run: Any) -> None:
    answer = json.loads(run(*TINY, *FEW, "--plan", "w4-fp8", "--json").stdout)

    assert answer["random_weights"] is True
    assert answer["copy_bytes_per_s"] > 0
    assert answer["left_out"] == []
    (name,) = answer["plans"]
    assert name == "w4-fp8"
    figures = answer["plans"][name]
    assert list(figures) == [
        "load_ms", "from_packed", "recorded", "memory", "step", "prompt", "suggestion",
    ]  # fmt: skip
    assert figures["from_packed"] is False
    assert figures["memory"] is None
    assert figures["recorded"] == 0
    assert list(figures["step"]) == ["32", "64", "96", "128", "256"]
    for step in figures["step"].values():
        assert 0 < step["p50_ms"] <= step["p95_ms"]
        share = step["streamed_bytes"] / (step["p50_ms"] / 1000) / answer["copy_bytes_per_s"]
        assert step["bandwidth_share"] == pytest.approx(share, abs=1e-3)
    prompt = figures["prompt"]
    assert (prompt["tokens"], prompt["typed"]) == (128, 8)
    for times in (prompt["cold"], prompt["typed_at_worst"], *figures["suggestion"].values()):
        assert 0 < times["p50_ms"] <= times["p95_ms"]
    assert list(answer["generate_step"]) == ["64", "256"]


def test_a_start_is_timed_from_a_packed_file_that_is_removed(run: Any, tmp_path: Path) -> None:
    answer = json.loads(
        run(*TINY, *FEW, "--plan", "stream", "--packed", str(tmp_path), "--json").stdout
    )
    assert answer["plans"]["stream"]["from_packed"] is True
    assert answer["plans"]["stream"]["load_ms"] > 0
    assert not list(tmp_path.iterdir())


def test_where_there_is_no_room_to_pack_a_plan_is_left_out_and_said_so(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SPARE_BYTES", 1 << 62)
    shown = run(*TINY, *FEW, "--plan", "fp8", "--packed", str(tmp_path), "--json")
    answer = json.loads(shown.stdout)
    assert answer["plans"] == {}
    (line,) = answer["left_out"]
    assert line.startswith("fp8: ")
    assert "GB to spare" in line


def test_a_models_own_weights_are_packed_by_pull(run: Any, tmp_path: Path) -> None:
    shown = run("bench", "gpu", "--device", "cpu", "--packed", str(tmp_path))
    assert shown.exit_code == 2
    assert "mezzotint pull" in shown.stderr


def test_people_see_a_row_for_each_plan_and_a_line_for_each_part(run: Any) -> None:
    shown = run(*TINY, *FEW, "--plan", "fp8")

    assert "tiny, random weights" in shown.stdout
    assert "fp8" in shown.stdout
    assert "transformers' generate: " in shown.stdout
    lines = shown.stderr.splitlines()
    assert lines[0].startswith("copy bandwidth: ")
    assert sum(line.startswith("fp8: ") for line in lines) == 9


@pytest.mark.skipif(torch.cuda.is_available(), reason="a card is there")
def test_without_a_card_there_is_one_sentence(run: Any) -> None:
    shown = run("bench", "gpu", "--random-weights")

    assert shown.exit_code == 2
    assert shown.stderr == "mezzotint: There is no CUDA card here that torch can use.\n"
    assert not shown.stdout


def test_a_plan_that_nobody_knows_is_answered_with_those_there_are(run: Any) -> None:
    shown = run(*TINY, "--plan", "w2")

    assert shown.exit_code == 2
    assert "bf16, fp8, w4-bf16, w4-fp8, w4-fp8-emb8, stream, not w2." in shown.stderr
