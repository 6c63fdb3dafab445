"""An editor in this process, whose user types, and an engine that takes its steps when told."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_infill.hole import Candidate, Draft, Fill, Hole, Piece, StopReason
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_server.app import create_server
from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.drafts import DRAFT
from mezzotint_server.features.completion import completion
from mezzotint_server.features.inline_completion import inline_completion
from mezzotint_server.features.synchronization import did_change, did_close, did_open
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

URI = "file:///a.py"
PROMPT = Settings(candidates=2, debounce_min_ms=0, debounce_max_ms=0)


class SteppedEngine:
    """Says a draft or its fills when it is told to, to whoever waits."""

    def __init__(self, device: str = "cpu") -> None:
        self.device = device
        self.read: list[Hole] = []
        """What was to be read ahead."""
        self.reading = 0
        self.problem: Exception | None = None
        """Raised instead."""
        self.has_read = asyncio.Event()
        self.asked: list[tuple[Hole, InfillOptions]] = []
        self.stopped = 0
        self._steps: asyncio.Queue[str | tuple[str, ...] | Exception] = asyncio.Queue()

    async def draft(self, text: str) -> None:
        await self._take(text)

    def draft_now(self, text: str) -> None:
        """Say a draft without waiting until it has arrived."""
        self._steps.put_nowait(text)

    async def end(self, *texts: str) -> None:
        await self._take(texts)

    async def fail(self, problem: Exception) -> None:
        await self._take(problem)

    async def is_asked(self, times: int) -> None:
        """Wait until it is."""
        async with asyncio.timeout(60):
            while len(self.asked) < times:  # noqa: ASYNC110 - nothing to wait for
                await asyncio.sleep(0.001)

    async def _take(self, step: str | tuple[str, ...] | Exception) -> None:
        self._steps.put_nowait(step)
        async with asyncio.timeout(60):
            while not self._steps.empty():  # noqa: ASYNC110 - nothing to wait for
                await asyncio.sleep(0.001)
        await settled()

    async def is_joined(self) -> None:
        """Wait until all requests that were sent have come as far as they can."""
        await settled()

    async def start(self) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def is_there(self) -> bool:
        return True

    async def state(self) -> EngineState:
        return EngineState(EngineStatus.READY, "stepped", self.device)

    async def read_ahead(self, hole: Hole) -> None:
        """Goes on until it is cancelled, or told to end."""
        if self.problem is not None:
            raise self.problem
        self.read.append(hole)
        self.reading += 1
        try:
            await self.has_read.wait()
        finally:
            self.reading -= 1

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = InfillOptions(),  # noqa: B008 - frozen
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        self.asked.append((hole, options))
        try:
            while isinstance(step := await self._steps.get(), str):
                if on_draft is not None:
                    pieces = (Piece(step, 1.0),)
                    on_draft(Draft(1, pieces, (pieces,) * len(hole.further)))
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if isinstance(step, Exception):
            raise step
        candidates = tuple(Candidate(text, 0.0, 1) for text in step)
        text = step[0] if step else ""
        further = step[1:] if hole.further else ()
        return Fill(
            text, candidates, 1, StopReason.SETTLED, 1, "stepped", "stepped", further=further
        )


class TypingEditor:
    """One document, whose ‸ is the cursor."""

    def __init__(self, server: MezzotintServer, engine: SteppedEngine) -> None:
        self.server = server
        self.engine = engine
        self.cursor = types.Position(0, 0)
        self.drafts: list[dict[str, Any]] = []
        """What was sent of them."""
        self._version = 1
        server.protocol.set_writer(self)

    def write(self, data: bytes) -> None:
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        if message.get("method") == DRAFT:
            self.drafts.append(message["params"])

    def open(self, marked: str) -> None:
        item = types.TextDocumentItem(URI, "python", self._version, self._take_cursor(marked))
        did_open(self.server, types.DidOpenTextDocumentParams(item))

    def type(self, marked: str) -> None:
        """Change the document so that it is this."""
        self._version += 1
        identifier = types.VersionedTextDocumentIdentifier(self._version, URI)
        change = types.TextDocumentContentChangeWholeDocument(self._take_cursor(marked))
        did_change(self.server, types.DidChangeTextDocumentParams(identifier, [change]))

    def type_here(self, *texts: str) -> None:
        """Put texts in at the cursor, one after the other, in one change each."""
        for text in texts:
            self._version += 1
            identifier = types.VersionedTextDocumentIdentifier(self._version, URI)
            here = types.Range(self.cursor, self.cursor)
            change = types.TextDocumentContentChangePartial(here, text)
            did_change(self.server, types.DidChangeTextDocumentParams(identifier, [change]))
            line, character = self.cursor.line, self.cursor.character
            breaks, last = text.count("\n"), len(text.rpartition("\n")[2])
            self.cursor = types.Position(line + breaks, last if breaks else character + last)

    def close(self) -> None:
        did_close(self.server, types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))

    def ask(
        self,
        *,
        invoked: bool = False,
        selected: types.SelectedCompletionInfo | None = None,
        request: int = 1,
    ) -> "asyncio.Task[list[types.InlineCompletionItem]]":
        kinds = types.InlineCompletionTriggerKind
        kind = kinds.Invoked if invoked else kinds.Automatic
        context = types.InlineCompletionContext(kind, selected)
        params = types.InlineCompletionParams(
            context, types.TextDocumentIdentifier(URI), self.cursor
        )
        return asyncio.create_task(self._items(params, request))

    async def texts(self, *, invoked: bool = False) -> list[str]:
        """Ask, and wait for the answer."""
        return texts(await self.ask(invoked=invoked))

    async def filled(self, *candidates: str, invoked: bool = False) -> list[str]:
        """Ask what only the engine knows, and have it answer."""
        times = len(self.engine.asked) + 1
        answer = self.ask(invoked=invoked)
        await self.engine.is_asked(times)
        await self.engine.end(*candidates)
        return texts(await answer)

    async def menu(self) -> types.CompletionList:
        params = types.CompletionParams(types.TextDocumentIdentifier(URI), self.cursor)
        return await completion(self.server, params)

    async def _items(
        self, params: types.InlineCompletionParams, request: int
    ) -> list[types.InlineCompletionItem]:
        # As pygls does before it calls a handler.
        self.server.protocol._ctx_msg_id.set(request)  # pyright: ignore[reportPrivateUsage]
        return list((await inline_completion(self.server, params)).items)

    def _take_cursor(self, marked: str) -> str:
        before, _, after = marked.partition("‸")
        self.cursor = types.Position(before.count("\n"), len(before.rpartition("\n")[2]))
        return before + after


@pytest.fixture
async def start_typing() -> Callable[..., Any]:
    """Opens a document in an editor, by marked text; keywords are what its client can do."""

    async def start(
        marked: str, settings: Settings = PROMPT, *, device: str = "cpu", **capabilities: Any
    ) -> TypingEditor:
        engine = SteppedEngine(device)
        server = create_server(lambda _: engine, settings)
        server.client = ClientCapabilities(**capabilities)
        server.settle()
        editor = TypingEditor(server, engine)
        while server.engine is not None and not await server.engine.is_up():  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0)
        editor.open(marked)
        return editor

    return start


async def settled() -> None:
    """Let everything happen that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def texts(items: list[types.InlineCompletionItem]) -> list[str]:
    return [str(item.insert_text) for item in items]
