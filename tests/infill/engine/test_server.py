"""An engine's life around its fills: it answers, then loads, and leaves when there is no model."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mezzotint_infill.engine import server
from mezzotint_infill.engine.app import create_app
from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.engine.server import EngineServer
from mezzotint_infill.errors import EngineUnavailableError, UnknownModelError
from mezzotint_infill.infiller import EngineState
from mezzotint_infill.remote import HttpInfiller
from mezzotint_infill.scripted import ScriptedInfiller


@contextmanager
def listening(path: Path) -> Generator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        yield listener


def engine_server(load: Callable[[], None], idle_s: float) -> EngineServer:
    fills = FillQueue(ScriptedInfiller({}))
    return EngineServer(create_app(fills), fills, load, idle_s)


async def ask_state(path: Path) -> EngineState:
    infiller = HttpInfiller(path)
    try:
        return await infiller.state()
    finally:
        await infiller.aclose()


async def test_the_socket_answers_while_the_model_is_loaded(engine_folder: Path) -> None:
    path = engine_folder / "e.sock"
    answers: list[EngineState] = []

    def load() -> None:
        answers.append(asyncio.run(ask_state(path)))

    with listening(path) as listener:
        await engine_server(load, idle_s=0).serve(sockets=[listener])
    assert len(answers) == 1


@pytest.mark.parametrize("error", [UnknownModelError("There is none."), ZeroDivisionError()])
async def test_an_engine_without_a_model_leaves_by_itself(
    engine_folder: Path,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(server, "FAILED_S", 0)
    path = engine_folder / "e.sock"

    def load() -> None:
        raise error

    with listening(path) as listener:
        await engine_server(load, idle_s=3600).serve(sockets=[listener])
    assert "The model cannot be loaded." in caplog.text
    with pytest.raises(EngineUnavailableError):
        await ask_state(path)
