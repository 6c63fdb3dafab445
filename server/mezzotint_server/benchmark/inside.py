"""Typing through within this process: from the bytes of a key's messages to those of the answer.

No pipes and no client; the engine says at once what it is to say.
"""

import asyncio
import json
import time
from typing import Any

from lsprotocol import types

from mezzotint_infill.scripted import ScriptedInfiller
from mezzotint_server.app import create_server
from mezzotint_server.benchmark.long_files import LongFile
from mezzotint_server.benchmark.waits import Waits
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

URI = "file:///bench/inside.py"
TEXT = "first_of(numbers, key=lambda each: each.value, default=None)"


class _Prompter(ScriptedInfiller):
    """An engine without a model."""

    async def start(self) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def is_there(self) -> bool:
        return True


class _Wire:
    """Takes messages as bytes and gives back answers as bytes."""

    def __init__(self, server: MezzotintServer) -> None:
        self._protocol = server.protocol
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        server.protocol.set_writer(self, include_headers=False)

    def send(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        self.send_body(_body(method, params, number))

    def send_body(self, body: bytes) -> None:
        read = json.loads(body, object_hook=self._protocol.structure_message)
        self._protocol.handle_message(read)

    async def answer(self) -> Any:
        """The result of the request that was sent last."""
        body = await self._answer
        self._answer = asyncio.get_running_loop().create_future()
        return json.loads(body).get("result")

    def write(self, data: bytes) -> None:
        if b'"method"' not in data:
            self._answer.set_result(data)

    def close(self) -> None:
        pass


async def waits_inside(file: LongFile, times: int) -> Waits:
    """Type a suggestion through, so many times, in a line of its own."""
    engine = _Prompter({_start(turn).strip(): TEXT for turn in range(times)})
    server = create_server(lambda _: engine, Settings(debounce_min_ms=0, debounce_max_ms=0))
    wire = _Wire(server)
    capabilities: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
    wire.send(types.INITIALIZE, capabilities, 0)
    await wire.answer()
    wire.send(types.INITIALIZED, {})
    while server.engine is None or not await server.engine.is_up():  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0)
    item = {"uri": URI, "languageId": "python", "version": 0, "text": file.text}
    wire.send(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": item})
    waits: list[float] = []
    for turn in range(times):
        waits += await _typed_through(wire, file.line, turn)
    server.leave()
    return Waits(tuple(waits))


async def _typed_through(wire: _Wire, line: int, turn: int) -> list[float]:
    wire.send(*_change(line, 0, f"{_start(turn)}\n"))
    column = len(_start(turn))
    wire.send(*_question(line, column), 1)
    await wire.answer()
    waits: list[float] = []
    for index, key in enumerate(TEXT[:-1]):
        change = _change(line, column + index, key)
        question = _question(line, column + index + 1)
        bodies = [_body(*change), _body(*question, number=2)]
        started = time.perf_counter()
        for body in bodies:
            wire.send_body(body)
        await wire.answer()
        waits.append(1000 * (time.perf_counter() - started))
    return waits


def _start(turn: int) -> str:
    """What is left of the suggestion; another line every time, or it would be known."""
    return f"each_{turn} = "


def _body(method: str, params: dict[str, Any], number: int | None = None) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(message if number is None else {**message, "id": number}).encode()


def _change(line: int, column: int, text: str) -> tuple[str, dict[str, Any]]:
    at = {"line": line, "character": column}
    document = {"uri": URI, "version": 1}
    change = {"range": {"start": at, "end": at}, "text": text}
    return types.TEXT_DOCUMENT_DID_CHANGE, {"textDocument": document, "contentChanges": [change]}


def _question(line: int, column: int) -> tuple[str, dict[str, Any]]:
    params = {
        "textDocument": {"uri": URI},
        "position": {"line": line, "character": column},
        "context": {"triggerKind": 2},
    }
    return types.TEXT_DOCUMENT_INLINE_COMPLETION, params
