"""``mezzotint serve --tcp`` and ``--ws``: several clients, one engine."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mezzotint_infill.engine.address import RUNTIME_VARIABLE

PATIENCE_S = 120.0
URI = "file:///work/example.py"
HERE = types.Position(0, 6)

Listen = Callable[..., Awaitable[int]]
RunningEngines = Callable[[], list[psutil.Process]]
ScriptedModel = Callable[..., str]


@pytest.fixture
async def listen(engine_folder: Path, tmp_path: Path) -> AsyncIterator[Listen]:
    """Starts a server that listens, and tells at which port."""
    servers: list[asyncio.subprocess.Process] = []
    env = {**os.environ, RUNTIME_VARIABLE: str(engine_folder), "XDG_STATE_HOME": str(tmp_path)}

    async def start(*arguments: str) -> int:
        command = ["-P", "-m", "mezzotint_server", "serve", *arguments]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=env, stderr=asyncio.subprocess.PIPE
        )
        servers.append(process)
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            while "Listening on" not in (line := (await process.stderr.readline()).decode()):
                assert line, "the server has ended"
        return int(line.rstrip(".\n").rpartition(":")[2])

    yield start
    for server in servers:
        server.kill()
        await server.wait()


class Ready:
    """A client that waits until the server says that there is an engine."""

    def __init__(self) -> None:
        self.client = LanguageClient("test", "1")
        self._is_ready = asyncio.Event()

        def status(params: Any) -> None:
            if params.kind == "ready":
                self._is_ready.set()

        self.client.feature("mezzotint/status")(status)

    async def greet(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            capabilities = types.ClientCapabilities()
            await self.client.initialize_async(types.InitializeParams(capabilities))
            self.client.initialized(types.InitializedParams())
            await self._is_ready.wait()
        item = types.TextDocumentItem(URI, "python", 1, "return\n")
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    async def suggestions(self) -> list[object]:
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked)
        document = types.TextDocumentIdentifier(URI)
        params = types.InlineCompletionParams(context, document, HERE)
        answer = await self.client.text_document_inline_completion_async(params)
        assert isinstance(answer, types.InlineCompletionList)
        return [item.insert_text for item in answer.items]

    async def say_goodbye(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def over_tcp(client: LanguageClient, port: int) -> None:
    await client.start_tcp("127.0.0.1", port)


async def over_web_socket(client: LanguageClient, port: int) -> None:
    await client.start_ws("127.0.0.1", port)


@pytest.mark.parametrize(("flag", "connect"), [("--tcp", over_tcp), ("--ws", over_web_socket)])
async def test_clients_share_an_engine_and_one_that_leaves_takes_nobody_along(
    listen: Listen,
    running_engines: RunningEngines,
    scripted_model: ScriptedModel,
    flag: str,
    connect: Callable[[LanguageClient, int], Awaitable[None]],
) -> None:
    model = scripted_model({"return": " a + b"})
    port = await listen(flag, "127.0.0.1:0", "--model", model)
    clients = [Ready(), Ready(), Ready()]
    for it in clients:
        await connect(it.client, port)
    await asyncio.gather(*(it.greet() for it in clients))
    leaving, *staying = clients
    await leaving.say_goodbye()
    answers = await asyncio.gather(*(it.suggestions() for it in staying))
    assert answers == [[" a + b"]] * 2
    assert len(running_engines()) == 1
    for it in staying:
        await it.say_goodbye()


async def test_a_client_that_is_cut_off_takes_nobody_along(
    listen: Listen, scripted_model: ScriptedModel
) -> None:
    port = await listen("--tcp", "127.0.0.1:0", "--model", scripted_model({"return": " x"}))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b'Content-Length: 999\r\n\r\n{"jsonrpc"')
    await writer.drain()
    writer.transport.abort()
    staying = Ready()
    await over_tcp(staying.client, port)
    await staying.greet()
    assert await staying.suggestions() == [" x"]
    await staying.say_goodbye()


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        (None, True),
        ("http://localhost:3000", True),
        ("https://127.0.0.1", True),
        ("https://example.com", False),
        ("http://localhost.example.com", False),
    ],
)
async def test_pages_from_the_web_are_not_let_in(
    listen: Listen, origin: str | None, is_let_in: bool
) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus
    from websockets.typing import Origin

    port = await listen("--ws", "127.0.0.1:0")
    came_in = True
    try:
        async with connect(
            f"ws://127.0.0.1:{port}", origin=None if origin is None else Origin(origin)
        ):
            pass
    except InvalidStatus:
        came_in = False
    assert came_in is is_let_in


async def test_a_web_socket_gets_a_message_in_each_text_frame_whatever_came_before(
    listen: Listen,
) -> None:
    from websockets.asyncio.client import connect

    port = await listen("--ws", "127.0.0.1:0")
    params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
    initialize = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    async with connect(f"ws://127.0.0.1:{port}") as socket:
        for nonsense in ("{not json", "[]", b"\xff", "3"):
            await socket.send(nonsense)
        await socket.send(json.dumps(initialize))
        answer = await socket.recv()
        assert isinstance(answer, str)
        assert json.loads(answer)["result"]["serverInfo"]["name"] == "mezzotint"
