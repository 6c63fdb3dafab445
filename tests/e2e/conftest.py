"""Fixtures for tests that drive a language server, as an editor does, with engines of their own."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from mezzotint_infill.engine.address import RUNTIME_VARIABLE
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.remote import EngineInfiller

SERVER = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]
PATIENCE_S = 120.0
"""For a loaded machine; whoever waits this long has failed."""


@pytest.fixture
def engine_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where this test's engines have their sockets and logs; they end with the test."""
    folder = Path(tempfile.mkdtemp(prefix="mz-"))
    monkeypatch.setenv(RUNTIME_VARIABLE, str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
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
def scripted_model(tmp_path: Path) -> Callable[..., str]:
    """Makes the name of a model that answers from a table."""

    def make(answers: dict[str, str], steps: int = 0, step_s: float = 0.0) -> str:
        script = tmp_path / f"script-{steps}-{step_s}.json"
        drafts = [f"draft {step}" for step in range(steps)]
        script.write_text(json.dumps({"answers": answers, "drafts": drafts, "step_s": step_s}))
        return f"scripted:{script}"

    return make


@pytest_asyncio.fixture
async def start_editor(
    engine_folder: Path,
) -> AsyncIterator[Callable[..., Awaitable[LanguageClient]]]:
    """Starts a server with an editor at it, after the handshake: ``start_editor(model=...)``.

    ``editor`` names whose capabilities it has; other keywords are initialization options.
    """
    clients: list[LanguageClient] = []

    async def start(editor: str = "neovim", **options: object) -> LanguageClient:
        env = {**os.environ, RUNTIME_VARIABLE: str(engine_folder)}
        client = await ClientServerConfig(SERVER, server_env=env).start()
        assert isinstance(client, LanguageClient)
        clients.append(client)
        params = types.InitializeParams(client_capabilities(editor), initialization_options=options)
        async with asyncio.timeout(PATIENCE_S):
            await client.initialize_session(params)
        return client

    yield start
    for client in clients:
        if not client.stopped:
            await client.shutdown_session()
        await client.stop()


@pytest.fixture
def engine_becomes() -> Callable[[str, EngineStatus], Awaitable[None]]:
    """Waits until the engine for a model says that it has this status."""

    async def wait(model: str, status: EngineStatus) -> None:
        engine = EngineInfiller(model)
        async with asyncio.timeout(PATIENCE_S), contextlib.aclosing(engine):
            while (await engine.state()).status is not status:  # noqa: ASYNC110 - it tells only when asked
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture
def when_ready() -> Callable[[LanguageClient], Awaitable[list[str]]]:
    """Waits until the progress that a server began is over; gives back what it said on the way."""

    async def wait(client: LanguageClient) -> list[str]:
        async with asyncio.timeout(PATIENCE_S):
            while not any(map(_is_over, client.progress_reports.values())):
                await client.wait_for_notification(types.PROGRESS)
        return [
            str(getattr(report, "message", None))
            for reports in client.progress_reports.values()
            for report in reports
        ]

    return wait


def _is_over(reports: list[types.ProgressParams]) -> bool:
    return any(isinstance(report, types.WorkDoneProgressEnd) for report in reports)


def engines_in(folder: Path) -> list[psutil.Process]:
    """Processes whose socket is in the folder: the launcher names it on their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(word.startswith(f"--socket={folder}/") for word in process.info["cmdline"] or ())
    ]
