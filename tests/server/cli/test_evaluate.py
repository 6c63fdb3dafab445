"""``mezzotint eval`` reads its arguments and prints what was measured."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from mezzotint_infill.hole import Candidate, Fill, Hole, StopReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import Run, Says

ROW = {
    "task_id": "SingleLineInfilling/HumanEval/0/L0",
    "entry_point": "double",
    "prompt": "def double(x):\n",
    "canonical_solution": "    return 2 * x\n",
    "suffix": "",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}


class Measured:
    """Always says ``return 2 * x``, and takes every word for a token."""

    def fill_now(self, hole: Hole, options: object = None, **_: object) -> Fill:
        text = "    return 2 * x"
        candidate = Candidate(text, -0.5, 4)
        return Fill(text, (candidate,), 3, StopReason.SETTLED, 4, "fixed", "measured")

    def token_count(self, hole: Hole, text: str) -> int:
        return len(text.split())

    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        return 1.0 if hole.suffix else 2.0


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl.gz"
    with gzip.open(path, "wt") as lines:
        lines.write(json.dumps(ROW) + "\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(
        "def area(r):\n    return r * r * 3\n\n\nprint(area(2))\n" * 9
    )
    return tmp_path


def test_holes_are_measured_in_the_files_of_a_folder(run: Run, folder: Path) -> None:
    shown = run("eval", "holes", str(folder), "--seed", "0", "--json", infiller=Measured())
    assert shown.exit_code == 0, shown.output
    answer = json.loads(shown.stdout)
    assert list(answer) == ["model", "plan", "seed", "max_tokens", "lookups", "kinds"]
    (kind,) = [each for each in answer["kinds"] if each["kind"] == "rest of a line"]
    assert kind["loss"]["gain"]["value"] == 1.0
    assert shown.stderr == ""


def test_holes_are_shown_as_tables(run: Run, folder: Path) -> None:
    shown = run("eval", "holes", str(folder), infiller=Measured())
    assert shown.exit_code == 0, shown.output
    assert "rest of" in shown.stdout


def test_holes_are_shown_as_tables_for_a_model_card(run: Run, folder: Path) -> None:
    shown = run("eval", "holes", str(folder), "--markdown", infiller=Measured())
    assert shown.exit_code == 0, shown.output
    assert {line[0] for line in shown.stdout.splitlines() if line} == {"|"}


def test_fixed_lengths_are_measured_if_asked_for(run: Run, folder: Path) -> None:
    shown = run("eval", "holes", str(folder), "--json", "--fixed-lengths", infiller=Measured())
    assert shown.exit_code == 0, shown.output
    conditions = [row["condition"] for row in json.loads(shown.stdout)["kinds"][0]["conditions"]]
    assert conditions[-5:] == ["1 token", "2 tokens", "4 tokens", "8 tokens", "16 tokens"]


def test_the_pipeline_is_compared_with_plain_cutting(run: Run, folder: Path) -> None:
    shown = run("eval", "context", str(folder), "--seed", "4", "--json", infiller=Measured())
    assert shown.exit_code == 0, shown.output
    answer = json.loads(shown.stdout)
    assert (answer["model"], answer["seed"]) == ("embedded", 4)
    assert [kind["kind"] for kind in answer["kinds"]][-1] == "all kinds"
    for kind in answer["kinds"]:
        ways = [way["way"] for way in kind["ways"]]
        assert ways == ["plain cutting", "in context", "in context, while typing"]
    assert shown.stderr == ""


def test_every_way_asks_with_the_seed_it_is_told(run: Run, folder: Path, says: type[Says]) -> None:
    infiller = says("x")
    run("eval", "context", str(folder), "--seed", "4", infiller=infiller)
    assert {options.seed for options in infiller.options} == {4}
    assert {options.only_valid for options in infiller.options} == {False, True}
    assert {hole.language for hole in infiller.holes} == {"plaintext", "python"}


def test_an_editors_ways_show_other_files(run: Run, tmp_path: Path, says: type[Says]) -> None:
    (tmp_path / "shapes.py").write_text("def area_of(radius):\n    return radius\n")
    (tmp_path / "code.py").write_text(
        "from shapes import area_of\n\n\ndef one():\n    secret = area_of(2)\n" * 3
    )
    infiller = says("x")
    run("eval", "context", str(tmp_path), infiller=infiller)
    shown = {(hole.language, one.path) for hole in infiller.holes for one in hole.snippets}
    assert ("python", "shapes.py") in shown
    assert {language for language, _ in shown} == {"python"}


@pytest.mark.parametrize("how", [(), ("--markdown",)])
def test_a_comparison_is_shown_as_tables(run: Run, folder: Path, how: tuple[str, ...]) -> None:
    shown = run("eval", "context", str(folder), *how, infiller=Measured())
    assert shown.exit_code == 0, shown.output
    assert "plain" in shown.stdout
    first = {line[0] for line in shown.stdout.splitlines() if line}
    assert (first == {"|"}) is bool(how)


def test_carriage_returns_of_a_file_are_no_fault_of_a_fill(
    run: Run, tmp_path: Path, says: type[Says]
) -> None:
    (tmp_path / "code.py").write_bytes(b"b()\r\nc()\r\n")
    infiller = says("b()\nc()")
    shown = run("eval", "context", str(tmp_path), "--json", infiller=infiller)
    kinds = {kind["kind"]: kind for kind in json.loads(shown.stdout)["kinds"]}
    assert kinds["block"]["ways"][0]["exact"]["value"] == 1
    assert not any("\r" in hole.prefix + hole.suffix for hole in infiller.holes)


@pytest.mark.parametrize("command", ["holes", "context"])
def test_a_folder_without_code_is_a_sentence(run: Run, tmp_path: Path, command: str) -> None:
    shown = run("eval", command, str(tmp_path), infiller=Measured())
    assert shown.exit_code == 2
    assert shown.stderr == (
        f"mezzotint: There is no Python file to cut a hole out of in {tmp_path}.\n"
    )


@pytest.mark.parametrize("options", [(), ("--told-length",), ("--gold",)])
def test_the_benchmark_s_tests_are_run(run: Run, benchmark: Path, options: tuple[str, ...]) -> None:
    shown = run("eval", "humaneval-infill", str(benchmark), "--json", *options, infiller=Measured())
    assert shown.exit_code == 0, shown.output
    answer = json.loads(shown.stdout)
    assert answer["rows"] == 1
    assert answer["pass_at_1"]["value"] == 1.0
    assert answer["is_length_told"] == ("--told-length" in options)


def test_the_benchmark_is_shown_as_a_table(run: Run, benchmark: Path) -> None:
    shown = run("eval", "humaneval-infill", str(benchmark), "--gold", infiller=Measured())
    assert shown.exit_code == 0, shown.output
    assert "gold" in shown.stdout


def test_a_file_that_is_no_benchmark_is_a_sentence(run: Run, folder: Path) -> None:
    path = folder / "code.py"
    shown = run("eval", "humaneval-infill", str(path), infiller=Measured())
    assert shown.exit_code == 2
    assert shown.stderr == f"mezzotint: {path} is not a file of HumanEval-Infilling.\n"
