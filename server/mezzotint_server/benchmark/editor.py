"""The least of an editor, so that what is timed is the server and not its client.

Knows JSON-RPC over pipes and where a server's log says how long fills took.
"""

import asyncio
import itertools
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_server.drafts import DRAFT
from mezzotint_server.session import STATUS
from mezzotint_server.suggestions.suggesting import FILLED

LOADED_WITHIN_S = 600.0
LIMIT = 2**26
_FILLED = re.compile(re.escape(FILLED).replace(re.escape("%.1f"), r"([\d.]+)"))
APPLY_EDIT = "workspace/applyEdit"
_CAPABILITIES = {"experimental": {"mezzotint": {"drafts": True}}}

T = TypeVar("T")
Position = dict[str, int]


class Editor:
    """One server of its own, and all that it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.fills: list[tuple[float, float]] = []
        """For each fill, milliseconds in all and in the engine."""
        self.answers: Counter[int] = Counter()
        """How often each request was answered."""
        self.handshake_ms = 0.0
        self.make_edit: Callable[[dict[str, Any]], object] | None = None
        """What is done about an edit that the server wants made; nothing unless somebody says."""
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._first_drafts: dict[int, asyncio.Future[None]] = {}
        self._standing: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._versions: Counter[str] = Counter()
        self._reading = [asyncio.create_task(each) for each in (self._read(), self._read_log())]

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> tuple[int, "asyncio.Future[Any]"]:
        """The request's id, and its result to come; ``None`` for an error."""
        number = next(self._ids)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return number, self._waiting[number]

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        self.notify("textDocument/didOpen", textDocument=item)

    def change(self, uri: str, start: Position, end: Position, text: str) -> None:
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        change = {"range": {"start": start, "end": end}, "text": text}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=[change])

    def replace(self, uri: str, text: str) -> None:
        """The document says something else altogether."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify(
            "textDocument/didChange", textDocument=document, contentChanges=[{"text": text}]
        )

    def ask_at(self, uri: str, position: Position) -> tuple[int, "asyncio.Future[Any]"]:
        """As an editor asks while one types."""
        return self.ask(
            "textDocument/inlineCompletion",
            textDocument={"uri": uri},
            position=position,
            context={"triggerKind": 2},
        )

    async def suggestion(self, uri: str, position: Position) -> str:
        """The text that is suggested; empty if there is none."""
        _, answer = self.ask_at(uri, position)
        result: dict[str, Any] = await answer or {}
        items: list[dict[str, Any]] = result.get("items", [])
        return str(items[0]["insertText"]) if items else ""

    def cancel(self, number: int) -> None:
        self.notify("$/cancelRequest", id=number)

    async def first_draft(self, number: int) -> bool:
        """Wait for a request's first draft; ``False`` if it was answered without one."""
        draft = self._first_drafts.setdefault(number, asyncio.get_running_loop().create_future())
        await asyncio.wait({draft, self._waiting[number]}, return_when="FIRST_COMPLETED")
        return draft.done()

    async def ready(self) -> None:
        """Wait until the model is loaded."""
        async with asyncio.timeout(LOADED_WITHIN_S):
            if (problem := await self._standing) is not None:
                raise EngineUnavailableError(problem)

    async def leave(self) -> None:
        with suppress(ConnectionError):
            await self.ask("shutdown")[1]
            self._send({"method": "exit"})
        await self._process.wait()
        for each in self._reading:
            each.cancel()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        _piped(self._process.stdin).write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def _read(self) -> None:
        lines = _piped(self._process.stdout)
        while header := await lines.readline():
            while (await lines.readline()).strip():
                pass
            self._take(json.loads(await lines.readexactly(int(header.split()[1]))))

    def _take(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method is None:
            self.answers[message["id"]] += 1
            _settle(self._waiting[message["id"]], message.get("result"))
        elif method == APPLY_EDIT:
            if self.make_edit is not None:
                self.make_edit(params["edit"])
            self._send({"id": message["id"], "result": {"applied": self.make_edit is not None}})
        elif "id" in message:
            self._send({"id": message["id"], "result": None})
        elif method == DRAFT:
            _settle(self._first_drafts.get(params["requestId"]), None)
        elif method == STATUS and params["kind"] in ("ready", "unavailable"):
            _settle(self._standing, None if params["kind"] == "ready" else params["message"])

    async def _read_log(self) -> None:
        async for line in _piped(self._process.stderr):
            if found := _FILLED.search(line.decode(errors="replace")):
                self.fills.append((float(found[1]), float(found[2])))


def end_of(text: str) -> Position:
    """Where a text ends, columns counted in UTF-16: the editor offers no other encoding."""
    last = text.rpartition("\n")[2]
    return {"line": text.count("\n"), "character": len(last.encode("utf-16-le")) // 2}


def _settle(future: "asyncio.Future[Any] | None", result: object) -> None:
    if future is not None and not future.done():
        future.set_result(result)


def _piped(stream: T | None) -> T:
    if stream is None:
        raise ConnectionError("The server was started without pipes.")
    return stream


@asynccontextmanager
async def editor(
    model: str, environment: dict[str, str], *, idle_minutes: float = 0.25
) -> AsyncGenerator[Editor]:
    """An editor after the handshake. It does not wait for pauses, since nobody types."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "mezzotint_server", "serve"),
        *("--model", model, "--idle-minutes", str(idle_minutes)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
        limit=LIMIT,
    )
    connected = Editor(process)
    try:
        options = {"debounceMinMs": 0, "debounceMaxMs": 0}
        await connected.ask(
            "initialize",
            processId=None,
            rootUri=None,
            capabilities=_CAPABILITIES,
            initializationOptions=options,
        )[1]
        connected.handshake_ms = 1000 * (time.perf_counter() - started)
        connected.notify("initialized")
        yield connected
    finally:
        await connected.leave()
