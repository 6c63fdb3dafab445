"""Fixtures for tests that start engines: a runtime folder of their own, and models that are scripts."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mezzotint_infill.engine.address import RUNTIME_VARIABLE


@pytest.fixture
def engine_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's engines have their sockets and logs; they end with the test.

    Its path is short, as a socket's has to be; pytest's own temporary folders are too deep.
    """
    folder = Path(tempfile.mkdtemp(prefix="mz-"))
    monkeypatch.setenv(RUNTIME_VARIABLE, str(folder))
    yield folder
    engines = engines_in(folder)
    for engine in engines:
        engine.kill()
    psutil.wait_procs(engines)
    shutil.rmtree(folder)


@pytest.fixture
def running_engines(engine_folder: Path) -> Callable[[], list[psutil.Process]]:
    """Tells which engines run for this test."""
    return lambda: engines_in(engine_folder)


@pytest.fixture
def scripted_model(engine_folder: Path, tmp_path: Path) -> Callable[..., str]:
    """Makes the name of a model that answers from a table: ``scripted_model({"return": " 1"})``."""

    def make(answers: dict[str, str], drafts: tuple[str, ...] = (), step_s: float = 0.0) -> str:
        script = tmp_path / "script.json"
        script.write_text(json.dumps({"answers": answers, "drafts": drafts, "step_s": step_s}))
        return f"scripted:{script}"

    return make


def engines_in(folder: Path) -> list[psutil.Process]:
    """Processes whose socket is in the folder: the launcher names it on their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(word.startswith(f"--socket={folder}/") for word in process.info["cmdline"] or ())
    ]
