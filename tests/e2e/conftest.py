"""Fixtures for tests that drive a language server, as an editor does, with engines of their own."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from mezzotint_infill.engine.address import RUNTIME_VARIABLE
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.remote import EngineInfiller

SERVER = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]
URI = "file:///work/example.py"
PATIENCE_S = 120.0
"""For a loaded machine; whoever waits this long has failed."""


@pytest.fixture
def engine_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's engines have their sockets and logs; they end with the test."""
    with own_engines() as folder:
        monkeypatch.setenv(RUNTIME_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="session")
def shared_engine_folder() -> Iterator[Path]:
    """The same for all tests that share engines."""
    with own_engines() as folder:
        yield folder


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


class Editor:
    """A client with one document, in which a ‸ marks the cursor."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.cursor = types.Position(0, 0)
        self._version = 1

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server's."""
        # pytest-lsp keeps it to itself.
        server = self.client._server  # pyright: ignore[reportPrivateUsage]
        assert server is not None
        return server

    @property
    def messages(self) -> list[str]:
        """What the user was shown."""
        return [message.message for message in self.client.messages]

    def open(self, marked: str, language: str = "python") -> None:
        item = types.TextDocumentItem(URI, language, self._version, self._take_cursor(marked))
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, marked: str) -> None:
        self._version += 1
        document = types.VersionedTextDocumentIdentifier(self._version, URI)
        change = types.TextDocumentContentChangeWholeDocument(self._take_cursor(marked))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def ask(
        self, cursor: types.Position | None = None, uri: str = URI, *, invoked: bool = False
    ) -> "Answer":
        """Send the request, and give back its answer to come."""
        kinds = types.InlineCompletionTriggerKind
        context = types.InlineCompletionContext(kinds.Invoked if invoked else kinds.Automatic)
        document = types.TextDocumentIdentifier(uri)
        params = types.InlineCompletionParams(context, document, cursor or self.cursor)
        return Answer(self.client, params)

    async def suggestions(
        self, cursor: types.Position | None = None, uri: str = URI, *, invoked: bool = False
    ) -> list[str]:
        """Ask and wait."""
        return await self.ask(cursor, uri, invoked=invoked).texts()

    async def ready(self) -> list[str]:
        """Wait until the progress that the server began is over; tell what it said on the way."""
        reports = self.client.progress_reports
        async with asyncio.timeout(PATIENCE_S):
            while not any(map(_is_over, reports.values())):
                await self.client.wait_for_notification(types.PROGRESS)
        return [str(getattr(it, "message", None)) for line in reports.values() for it in line]

    async def leave(self) -> None:
        if self.process.returncode is None:
            await self.client.shutdown_session()
        await self.client.stop()

    def _take_cursor(self, marked: str) -> str:
        before, _, after = marked.partition("‸")
        self.cursor = types.Position(before.count("\n"), len(before.rpartition("\n")[2]))
        return before + after


class Answer:
    """What a request that was sent will be answered with."""

    def __init__(self, client: LanguageClient, params: types.InlineCompletionParams) -> None:
        self._client = client
        self._cursor = params.position
        self._id = str(uuid.uuid4())
        self._answer = asyncio.wrap_future(
            client.protocol.send_request(
                types.TEXT_DOCUMENT_INLINE_COMPLETION, params, msg_id=self._id
            )
        )

    def cancel(self) -> None:
        self._client.cancel_request(types.CancelParams(self._id))

    async def items(self) -> list[types.InlineCompletionItem]:
        answer = await asyncio.wait_for(self._answer, PATIENCE_S)
        assert isinstance(answer, types.InlineCompletionList), "never null"
        return list(answer.items)

    async def texts(self) -> list[str]:
        """The suggestions, each of which has an empty range at the cursor."""
        items = await self.items()
        for item in items:
            assert item.range == types.Range(self._cursor, self._cursor)
        return [str(item.insert_text) for item in items]

    async def error_code(self) -> int:
        with pytest.raises(JsonRpcException) as refused:
            await asyncio.wait_for(self._answer, PATIENCE_S)
        return refused.value.code

    @property
    def is_there(self) -> bool:
        return self._answer.done()


@pytest_asyncio.fixture
async def start_editor(
    engine_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Editor]]]:
    """Starts a server with an editor at it, after the handshake: ``start_editor(model=...)``.

    ``client`` names whose capabilities it has; other keywords are initialization options.
    """
    editors: list[Editor] = []
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def start(client: str = "neovim", **options: object) -> Editor:
        env = {**os.environ, RUNTIME_VARIABLE: str(engine_folder)}
        connected = await ClientServerConfig(SERVER, server_env=env).start()
        assert isinstance(connected, LanguageClient)
        editor = Editor(connected)
        editors.append(editor)
        params = types.InitializeParams(client_capabilities(client), initialization_options=options)
        async with asyncio.timeout(PATIENCE_S):
            await connected.initialize_session(params)
        return editor

    yield start
    for editor in editors:
        await editor.leave()


@pytest.fixture
def engine_becomes() -> Callable[[str, EngineStatus], Awaitable[None]]:
    """Waits until the engine for a model says that it has this status."""

    async def wait(model: str, status: EngineStatus) -> None:
        engine = EngineInfiller(model)
        async with asyncio.timeout(PATIENCE_S), contextlib.aclosing(engine):
            while (await engine.state()).status is not status:  # noqa: ASYNC110 - it tells only when asked
                await asyncio.sleep(0.02)

    return wait


def _is_over(reports: list[types.ProgressParams]) -> bool:
    return any(isinstance(report, types.WorkDoneProgressEnd) for report in reports)


@contextlib.contextmanager
def own_engines() -> Generator[Path]:
    """A folder for engines, which do not outlive it."""
    folder = Path(tempfile.mkdtemp(prefix="mz-"))
    try:
        yield folder
    finally:
        # Not psutil.wait_procs: an orphan stays as a zombie until the system's init looks.
        while engines := engines_in(folder):
            for engine in engines:
                engine.kill()
            time.sleep(0.01)
        shutil.rmtree(folder)


def engines_in(folder: Path) -> list[psutil.Process]:
    """Processes whose socket is in the folder: the launcher names it on their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(word.startswith(f"--socket={folder}/") for word in process.info["cmdline"] or ())
    ]
