"""Finding or starting the engine: who asks at the same time shares one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mezzotint_infill.engine.address import engine_address
from mezzotint_infill.engine.launch import ensure_engine
from mezzotint_infill.errors import EngineUnavailableError

PATIENCE_S = 120

Engines = Callable[[], list[psutil.Process]]


def launcher(model: str) -> subprocess.Popen[str]:
    """Another process that wants the engine, as an editor's language server does."""
    program = "import sys; from mezzotint_infill.engine.launch import ensure_engine;"
    program += "print(ensure_engine(sys.argv[1]))"
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program, model], stdout=subprocess.PIPE, text=True
    )


def test_launchers_at_the_same_time_share_one_engine(
    scripted_model: Callable[..., str], running_engines: Engines
) -> None:
    model = scripted_model({})
    launchers = [launcher(model) for _ in range(4)]
    sockets = [launcher.communicate(timeout=PATIENCE_S)[0].strip() for launcher in launchers]
    assert sockets == [str(engine_address(model, None).socket)] * 4
    assert len(running_engines()) == 1


def test_an_engine_that_runs_is_found(
    scripted_model: Callable[..., str], running_engines: Engines
) -> None:
    model = scripted_model({})
    ensure_engine(model)
    (engine,) = running_engines()
    ensure_engine(model)
    assert running_engines() == [engine]


def test_another_device_has_another_engine(
    scripted_model: Callable[..., str], running_engines: Engines
) -> None:
    model = scripted_model({})
    assert ensure_engine(model) != ensure_engine(model, "cpu")
    assert len(running_engines()) == 2


def test_the_engine_survives_its_starter(
    scripted_model: Callable[..., str], running_engines: Engines
) -> None:
    starter = launcher(scripted_model({}))
    starter.communicate(timeout=PATIENCE_S)
    (engine,) = running_engines()
    assert not psutil.pid_exists(starter.pid)
    # A session of its own: no signal to the starter's process group or terminal reaches it.
    assert os.getsid(engine.pid) == engine.pid


def test_an_engine_that_ends_while_its_starter_lives_is_no_zombie(
    scripted_model: Callable[..., str], running_engines: Engines
) -> None:
    ensure_engine(scripted_model({}))
    (engine,) = running_engines()
    engine.kill()
    engine.wait(PATIENCE_S)
    assert not psutil.pid_exists(engine.pid)


def test_packages_of_the_folder_that_the_editor_was_started_in_are_not_imported(
    scripted_model: Callable[..., str],
    running_engines: Engines,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("mezzotint_infill", "uvicorn", "argparse"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    ensure_engine(scripted_model({}))
    (engine,) = running_engines()
    assert Path(engine.cwd()) != tmp_path


def test_an_engine_that_does_not_start_says_why(tmp_path: Path, running_engines: Engines) -> None:
    with pytest.raises(EngineUnavailableError, match="did not start: The script .* cannot be read"):
        ensure_engine(f"scripted:{tmp_path / 'none.json'}")
    assert running_engines() == []


def test_what_the_engine_says_stays_in_its_files(
    scripted_model: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output belongs to the language server's protocol."""
    ensure_engine(scripted_model({}))
    assert capfd.readouterr() == ("", "")


def test_a_model_in_a_folder_is_found_from_another_folder(
    scripted_model: Callable[..., str],
    running_engines: Engines,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scripted_model({})
    monkeypatch.chdir(tmp_path)
    ensure_engine("scripted:script.json")
    (engine,) = running_engines()
    assert f"--model=scripted:{tmp_path}/script.json" in engine.cmdline()
