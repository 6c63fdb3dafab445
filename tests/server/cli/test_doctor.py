"""``mezzotint doctor``, on a machine that is as a test makes it."""

import json
import re
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from rich.console import Console
from typer.testing import CliRunner

from mezzotint_infill.embedded.export import GENERATION, configuration
from mezzotint_infill.embedded.shape import Shape
from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_infill.memory.plan import PLANS, W4_FP8
from mezzotint_infill.memory.recorded import NAME
from mezzotint_infill.packed.store import DATA_VARIABLE, WEIGHTS, packed_folder
from mezzotint_server.__main__ import program
from mezzotint_server.cli.diagnosis import diagnose
from mezzotint_server.cli.diagnosis_shown import as_json, as_picture
from mezzotint_server.cli.editors import find_editors

DOCS = Path(__file__).parents[3] / "docs" / "doctor.md"
ADA = "GPU-1c5b, NVIDIA GeForce RTX 4090, 570.86.10, 24564, 23028, 8.9"


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are found; no card, no editor and no packed file at first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    return folder


def executable(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def doctor(*arguments: str) -> str:
    shown = CliRunner().invoke(program(), ["doctor", *arguments])
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def diagnosed(*arguments: str) -> Any:
    return json.loads(doctor("--json", *arguments))


def test_without_a_card_the_plans_are_shown_and_the_embedded_model_is_the_next_step() -> None:
    found = diagnosed()
    assert (found["card"], found["free"], found["chosen"]) == (None, None, None)
    assert [plan["plan"] for plan in found["plans"]] == [plan.name for plan in PLANS]
    assert {plan["fits"] for plan in found["plans"]} == {None}
    assert {plan["runs_here"] for plan in found["plans"]} == {False}
    assert all(plan["remark"] for plan in found["plans"])
    assert "embedded model needs none" in found["next"]
    assert [model["place"] for model in found["models"]] == ["shipped", "nowhere"]


@pytest.mark.parametrize(
    ("vram", "chosen"),
    [("18", "w4-fp8"), ("12", "stream"), ("24.5", "w4-bf16"), ("141", "bf16"), ("1", None)],
)
def test_another_card_can_be_asked_about(vram: str, chosen: str | None) -> None:
    found = diagnosed("--vram", vram)
    assert found["free"] == float(vram) * 1e9
    assert found["chosen"] == chosen
    assert next((it["plan"] for it in found["plans"] if it["fits"]), None) == chosen


def test_less_context_needs_less() -> None:
    long, short = diagnosed()["plans"], diagnosed("--context", "1024")["plans"]
    assert all(one["total"] > other["total"] for one, other in zip(long, short, strict=True))


def test_the_embedded_model_needs_no_plan() -> None:
    found = diagnosed("--model", "embedded")
    assert found["plans"] == []
    assert "needs no plan" in found["no_plan"]
    assert found["models"][0]["whole"]
    assert "needs no plan" in doctor("--model", "embedded")


def test_people_see_tables_that_fit_their_terminal_and_what_to_do_last() -> None:
    lines = doctor("--vram", "18").splitlines()
    table = [line for line in lines if line[:1] in "│┏┡├└┃"]
    assert max(map(len, table)) <= 80
    assert not any("…" in line for line in table)
    (chosen,) = [line for line in lines if line.startswith("would be chosen: w4-fp8: ")]
    assert chosen.endswith("= 17.16 GB of 18.00 GB free: fits")
    assert lines[-1] == "A card with so much free memory would run w4-fp8."


@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
def test_no_card_has_such_a_size(value: str) -> None:
    assert CliRunner().invoke(program(), ["doctor", "--vram", value]).exit_code == 2


def test_a_card_that_torch_cannot_use_is_told_with_the_cure(programs: Path) -> None:
    executable(programs, "nvidia-smi", f"echo '{ADA}'")
    found = diagnosed()
    assert found["card"]["capability"] == "8.9"
    assert found["free"] == found["card"]["free"] == 23028 << 20
    assert found["chosen"] == "w4-bf16"
    assert not found["card"]["usable"]
    assert "pytorch.org" in found["next"]


def test_a_model_that_is_packed_is_found_by_its_plan() -> None:
    folder = packed_folder(NAME, W4_FP8)
    folder.mkdir(parents=True)
    (folder / WEIGHTS).touch()
    assert diagnosed()["models"][-1]["packed"] == ["w4-fp8"]


def test_of_a_model_that_is_only_packed_a_plan_is_chosen_that_it_is_packed_for(
    programs: Path,
) -> None:
    """As the engine does it; for another card, nothing is packed yet."""
    executable(programs, "nvidia-smi", f"echo '{ADA}'")
    folder = packed_folder(NAME, W4_FP8)
    folder.mkdir(parents=True)
    (folder / WEIGHTS).touch()
    assert diagnosed()["chosen"] == "w4-fp8"
    assert diagnosed("--vram", "24")["chosen"] == "w4-bf16"


def small_model(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration(Shape(layers=1, width=64))))
    (folder / "generation_config.json").write_text(json.dumps(GENERATION))
    return folder


def test_a_model_of_ones_own_is_counted_by_its_own_config(tmp_path: Path) -> None:
    folder = small_model(tmp_path / "own")
    found = diagnosed("--model", str(folder))
    told = found["models"][-1]
    assert (told["place"], told["whole"]) == ("folder", False)
    assert "lacks 2 of the model's files" in told["problem"]
    assert found["plans"][0]["weights"]["embeddings"] == 2 * 4096 * 64


def test_a_model_that_cannot_be_is_a_problem_and_no_failure(tmp_path: Path) -> None:
    folder = small_model(tmp_path / "own")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["hidden_size"] = -5
    (folder / "config.json").write_text(json.dumps(config))
    assert "can be made" in diagnosed("--model", str(folder))["models"][-1]["problem"]


def test_editors_are_found_with_their_versions(programs: Path) -> None:
    executable(programs, "nvim", "echo 'NVIM v0.12.0-dev'; echo 'Build type: Release'")
    executable(programs, "hx", "echo 'helix 25.07.1 (a1b2c3)'")
    executable(programs, "code", "exit 1")
    found = {it["name"]: it["version"] for it in diagnosed()["editors"]}
    assert found == {"Neovim": "0.12.0", "VS Code": "", "Helix": "25.07.1"}


def test_an_editor_that_hangs_is_left_alone_with_all_that_it_started(programs: Path) -> None:
    pid = programs / "pid"
    executable(programs, "emacs", f"/bin/sleep 600 & echo $! > {pid}; wait")
    (editor,) = find_editors(patience_s=1.0)
    assert (editor.name, editor.version) == ("Emacs", "")
    deadline = time.monotonic() + 60
    while is_alive(int(pid.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_engine_says_which_plan_it_runs() -> None:
    engine = EngineState(EngineStatus.READY, NAME, "cuda:0", plan="w4-fp8")
    found = replace(diagnose(NAME, None, 1024), engines=(engine,))
    assert json.loads(as_json(found))["engines"][0]["plan"] == "w4-fp8"
    console = Console(width=200, file=StringIO())
    console.print(as_picture(found))
    assert f"ready · {NAME} · cuda:0 · plan w4-fp8\n" in cast(StringIO, console.file).getvalue()


def test_every_key_is_told_on_its_page(programs: Path) -> None:
    executable(programs, "nvidia-smi", f"echo '{ADA}'")
    executable(programs, "nvim", "echo 'NVIM v0.12.0'")
    told = set(re.findall(r"`([a-z_]+)`", DOCS.read_text(encoding="utf-8")))
    found = diagnosed()
    rows = [it for key in ("models", "plans", "editors") for it in found[key]]
    beside = found["plans"][0]["beside"][0]
    keys = {key for one in (found, found["card"], found["versions"], beside, *rows) for key in one}
    assert keys - told == set()
