"""Fixtures for tests of the language server in this process, with an engine that is a script."""

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pygls.io_ import run_async

from mezzotint_infill.hole import Candidate, Fill, Hole, StopReason
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_server.app import create_server
from mezzotint_server.engine import EngineClient
from mezzotint_server.session import Connect, MezzotintServer
from mezzotint_server.settings import Settings
from mezzotint_server.streams import Turns

PATIENCE_S = 60.0


@dataclass
class ScriptedEngine:
    """An engine without a process: ``candidates`` are its fills, ``statuses`` its states in turn.

    ``problem`` is raised instead of a fill, ``during_fill`` called before one. Every hole and its
    options are in ``asked``.
    """

    candidates: tuple[str, ...] = ()
    statuses: tuple[EngineStatus, ...] = (EngineStatus.READY,)
    problem: Exception | None = None
    start_problem: Exception | None = None
    during_fill: Callable[[], None] | None = None
    starts: int = 0
    stopped_by: StopReason = StopReason.SETTLED
    is_closed: bool = False
    lives: bool = True
    complaint: str = ""
    """What it says of itself while it is up."""
    plan: str = ""
    questions: int = 0
    """How often it was asked for its state."""
    asked: list[tuple[Hole, InfillOptions]] = field(
        default_factory=list[tuple[Hole, InfillOptions]]
    )

    read: list[Hole] = field(default_factory=list[Hole])
    """What was to be read ahead."""

    async def start(self) -> None:
        self.starts += 1
        if self.start_problem is not None:
            raise self.start_problem

    async def state(self) -> EngineState:
        self.questions += 1
        status, *following = self.statuses
        self.statuses = tuple(following) or self.statuses
        message = "The disk is on fire." if status is EngineStatus.FAILED else self.complaint
        return EngineState(status, "scripted", message=message, progress=0.5, plan=self.plan)

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = InfillOptions(),  # noqa: B008 - frozen
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        self.asked.append((hole, options))
        if self.during_fill is not None:
            self.during_fill()
        if self.problem is not None:
            raise self.problem
        candidates = tuple(Candidate(text, 0.0, len(text)) for text in self.candidates)
        text = candidates[0].text if candidates else ""
        return Fill(text, candidates, 1, self.stopped_by, 1, "scripted", "scripted")

    async def read_ahead(self, hole: Hole) -> None:
        self.read.append(hole)

    def is_there(self) -> bool:
        return self.lives

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.fixture
def scripted_engine() -> Callable[..., EngineClient]:
    """Makes an engine without a process."""
    return ScriptedEngine


class Wire:
    """What a server reads from, and a record of what it writes."""

    def __init__(self, replies: Mapping[str, object]) -> None:
        self.incoming = asyncio.StreamReader()
        self.written: list[dict[str, Any]] = []
        self._replies = replies

    def send(self, body: bytes) -> None:
        self.incoming.feed_data(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def write(self, data: bytes) -> None:
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        self.written.append(message)
        if "id" in message and (method := message.get("method")) in self._replies:
            reply = {"jsonrpc": "2.0", "id": message["id"], "result": self._replies[method]}
            self.send(json.dumps(reply).encode())

    def close(self) -> None:
        pass

    async def answers(self, count: int) -> None:
        """Wait until so many requests are answered."""
        while sum("method" not in message for message in self.written) < count:  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0.005)


@pytest.fixture
def talk() -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Sends messages to a new server and gives back all that it wrote.

    Messages are objects, or bytes that go out as they are. ``answers`` says how many are awaited,
    ``until`` what must have been written by then, ``replies`` what the server is answered by
    method. ``connect`` makes its engines, ``prepare`` changes it before anything is sent.
    """

    async def run(
        *messages: dict[str, Any] | bytes,
        answers: int,
        engine: EngineClient | None = None,
        connect: Connect | None = None,
        until: Callable[[list[dict[str, Any]]], bool] = lambda _: True,
        replies: Mapping[str, object] | None = None,
        prepare: Callable[[MezzotintServer], object] = lambda _: None,
    ) -> list[dict[str, Any]]:
        wire = Wire(replies or {})
        server = create_server(connect or (lambda _: engine or ScriptedEngine()), Settings())
        prepare(server)
        server.protocol.set_writer(wire)
        for message in messages:
            wire.send(message if isinstance(message, bytes) else json.dumps(message).encode())
        reading = asyncio.create_task(
            run_async(
                threading.Event(),
                Turns(wire.incoming),
                server.protocol,
                logging.getLogger("wire"),
                server.report_server_error,
            )
        )
        async with asyncio.timeout(PATIENCE_S):
            await wire.answers(answers)
            while not until(wire.written):  # noqa: ASYNC110 - nothing to wait for
                await asyncio.sleep(0.005)
        wire.incoming.feed_eof()
        await reading
        server.leave()
        return wire.written

    return run
