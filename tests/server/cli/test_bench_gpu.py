"""``mezzotint bench gpu``: what it prints, on a tiny shape without a card. Times are not judged."""

import json
from typing import Any

import pytest
import torch

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
    assert list(figures) == ["load_ms", "recorded", "memory", "step", "prompt", "suggestion"]
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
    assert "bf16, fp8, w4-bf16, w4-fp8, w4-fp8-emb8, not w2." in shown.stderr
