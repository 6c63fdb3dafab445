"""The engine as a process of its own: its socket, its lock, its end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from mezzotint_infill.engine.address import address_at
from mezzotint_infill.engine.process import serve_engine
from mezzotint_infill.errors import EngineRunningError, EngineUnavailableError, UnknownModelError
from mezzotint_infill.hole import Draft, Hole
from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_infill.remote import HttpInfiller

RETURN = Hole("    return", "\n")
PATIENCE_S = 120

Engine = subprocess.Popen[str]


@pytest.fixture
def path(engine_folder: Path) -> Path:
    return engine_folder / "e.sock"


@pytest.fixture
def start(path: Path) -> Iterator[Callable[..., Engine]]:
    """Starts an engine on ``path`` from a script of answers and waits until it answers or ends."""
    engines: list[Engine] = []

    def begin(model: str, idle_s: float = 3600) -> Engine:
        engine = subprocess.Popen(command(model, path, idle_s), stderr=subprocess.PIPE, text=True)
        engines.append(engine)
        asyncio.run(answering(path, engine))
        return engine

    yield begin
    for engine in engines:
        engine.kill()
        engine.communicate()


def command(model: str, path: Path, idle_s: float = 3600) -> list[str]:
    program = [sys.executable, "-P", "-m", "mezzotint_infill.engine"]
    return [*program, f"--model={model}", f"--idle-s={idle_s}", f"--socket={path}"]


async def answering(path: Path, engine: Engine) -> EngineState | None:
    async with asyncio.timeout(PATIENCE_S):
        while engine.poll() is None:
            try:
                return await ask_state(path)
            except EngineUnavailableError:
                await asyncio.sleep(0.01)
    return None


async def ask_state(path: Path) -> EngineState:
    infiller = HttpInfiller(path)
    try:
        return await infiller.state()
    finally:
        await infiller.aclose()


async def drafts_until(path: Path, on_draft: Callable[[Draft], None]) -> None:
    infiller = HttpInfiller(path)
    try:
        await infiller.fill(RETURN, on_draft=on_draft)
    finally:
        await infiller.aclose()


def last_words(engine: Engine) -> str:
    _, stderr = engine.communicate(timeout=PATIENCE_S)
    return stderr


def test_only_its_user_can_open_the_socket(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    start(scripted_model({}))
    assert path.is_socket()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert address_at(path).lock.stat().st_mode & 0o777 == 0o600


def test_a_second_engine_on_the_same_socket_refuses(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    model = scripted_model({})
    first = start(model)
    with pytest.raises(EngineRunningError, match=f"Another engine already runs on {path}"):
        serve_engine(model, idle_s=0, socket_path=path)
    second = start(model)
    assert last_words(second) == f"Another engine already runs on {path}.\n"
    assert second.returncode == 3
    assert first.poll() is None
    assert asyncio.run(ask_state(path)).status is EngineStatus.READY


def test_what_a_killed_engine_left_behind_is_in_nobodys_way(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    model = scripted_model({})
    first = start(model)
    first.kill()
    first.wait()
    assert path.is_socket()
    assert address_at(path).lock.exists()
    second = start(model)
    assert second.poll() is None
    assert asyncio.run(ask_state(path)).status is EngineStatus.READY


def test_a_file_in_the_place_of_the_socket_is_left_alone(
    scripted_model: Callable[..., str], path: Path
) -> None:
    path.write_text("mine")
    with pytest.raises(EngineUnavailableError, match="is in the way: it is not a socket"):
        serve_engine(scripted_model({}), idle_s=0, socket_path=path)
    assert path.read_text() == "mine"


def test_somebody_elses_socket_is_left_alone(
    scripted_model: Callable[..., str], path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as theirs:
        theirs.bind(str(path))
        theirs.listen()
        with pytest.raises(EngineRunningError):
            serve_engine(scripted_model({}), idle_s=0, socket_path=path)
    assert path.is_socket()


def test_a_folder_that_is_not_there_is_a_sentence(
    scripted_model: Callable[..., str], engine_folder: Path
) -> None:
    with pytest.raises(EngineUnavailableError, match="There is no folder .*/none for the socket."):
        serve_engine(scripted_model({}), idle_s=0, socket_path=engine_folder / "none" / "e.sock")


def test_an_engine_that_nobody_uses_leaves_and_takes_its_socket_with_it(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    engine = start(scripted_model({}), idle_s=0.3)
    assert last_words(engine) == ""
    assert engine.returncode == 0
    assert not path.exists()
    assert "Nobody has wanted a fill" in address_at(path).log.read_text()


def test_an_engine_does_not_leave_in_the_middle_of_a_fill(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    """The fill takes six times the idle time."""
    steps = tuple("abcdef")
    start(scripted_model({"return": " x"}, drafts=steps, step_s=1), idle_s=1)
    heard: list[Draft] = []
    asyncio.run(drafts_until(path, heard.append))
    assert tuple(draft.text for draft in heard) == steps


def test_a_stop_signal_ends_the_fill_with_a_sentence(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    """There would be drafts for an hour."""
    engine = start(scripted_model({}, drafts=("a",) * 36_000, step_s=0.1))

    def stop(_: Draft) -> None:
        os.kill(engine.pid, signal.SIGTERM)

    with pytest.raises(EngineUnavailableError, match="The engine is being stopped."):
        asyncio.run(drafts_until(path, stop))
    assert last_words(engine) == ""
    assert engine.returncode == 0
    assert not path.exists()


def test_an_engine_leaves_the_socket_of_its_successor_alone(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    """Whoever clears temporary files may remove a socket while its engine lives."""
    model = scripted_model({})
    first = start(model)
    path.unlink()
    address_at(path).lock.unlink()
    second = start(model)
    first.terminate()
    assert first.wait(PATIENCE_S) == 0
    assert second.poll() is None
    assert asyncio.run(ask_state(path)).status is EngineStatus.READY


def test_an_engine_waits_for_one_that_is_leaving(
    start: Callable[..., Engine], scripted_model: Callable[..., str], path: Path
) -> None:
    """One that answers no more holds its lock until its model is out of the memory."""
    model = scripted_model({})
    leaving = FileLock(address_at(path).lock)
    with leaving:
        engine = subprocess.Popen(command(model, path), stderr=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            engine.wait(1)
    assert asyncio.run(answering(path, engine)) is not None
    engine.terminate()
    assert last_words(engine) == ""


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("{", "is not a script of answers (Expecting property name"),
        ("[]", "is not a script of answers (list indices"),
        ("{}", "is not a script of answers ('answers')."),
    ],
)
def test_a_script_that_cannot_be_used_is_a_sentence(
    start: Callable[..., Engine], tmp_path: Path, script: str | None, sentence: str
) -> None:
    if script is not None:
        (tmp_path / "script.json").write_text(script)
    engine = start(f"scripted:{tmp_path / 'script.json'}")
    assert sentence in last_words(engine)
    assert engine.returncode == 2


def test_an_engine_whose_model_cannot_be_loaded_says_why(
    start: Callable[..., Engine], path: Path
) -> None:
    start("nobody/has-this-model")
    state = asyncio.run(failed_state(path))
    assert state.model == "nobody/has-this-model"
    assert "nobody/has-this-model" in state.message
    with pytest.raises(UnknownModelError, match="nobody/has-this-model"):
        asyncio.run(drafts_until(path, lambda _: None))


async def failed_state(path: Path) -> EngineState:
    async with asyncio.timeout(PATIENCE_S):
        while (state := await ask_state(path)).status is not EngineStatus.FAILED:
            assert state.status in (EngineStatus.STARTING, EngineStatus.LOADING)
            await asyncio.sleep(0.05)
    return state
