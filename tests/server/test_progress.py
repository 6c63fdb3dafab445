"""Work-done progress, whenever the client agrees to it."""

import asyncio
from concurrent.futures import Future
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress

from mezzotint_server.progress import WorkDoneProgress


class Client(Progress):
    """Agrees when it is told to, and keeps what it is shown."""

    def __init__(self, refusal: JsonRpcException | None = None) -> None:
        self.tokens: dict[types.ProgressToken, Future[Any]] = {}
        self.shown: list[tuple[str, str | None]] = []
        self.answer = asyncio.Event()
        self._refusal = refusal

    async def create_async(self, token: types.ProgressToken) -> Any:
        await self.answer.wait()
        if self._refusal is not None:
            raise self._refusal
        self.tokens[token] = Future()

    def begin(self, token: types.ProgressToken, value: types.WorkDoneProgressBegin) -> None:
        self.shown.append((value.kind, value.message))

    def report(self, token: types.ProgressToken, value: types.WorkDoneProgressReport) -> None:
        self.shown.append((value.kind, value.message))

    def end(self, token: types.ProgressToken, value: types.WorkDoneProgressEnd) -> None:
        self.shown.append((value.kind, value.message))


async def agree(client: Client) -> None:
    client.answer.set()
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_reported_is_shown_once() -> None:
    client = Client()
    progress = WorkDoneProgress(client, "mezzotint")
    progress.begin("One.")
    await agree(client)
    progress.report("Two.", 0.5)
    progress.report("Two.", 0.5)
    progress.end("Three.")
    assert client.shown == [("begin", "One."), ("report", "Two."), ("end", "Three.")]


async def test_a_client_that_agrees_late_sees_the_last_of_it() -> None:
    client = Client()
    progress = WorkDoneProgress(client, "mezzotint")
    progress.begin("One.")
    progress.report("Two.")
    await agree(client)
    progress.end("Three.")
    assert client.shown == [("begin", "Two."), ("end", "Three.")]


async def test_a_client_that_agrees_too_late_sees_it_come_and_go() -> None:
    client = Client()
    progress = WorkDoneProgress(client, "mezzotint")
    progress.begin("One.")
    progress.end("Two.")
    await agree(client)
    assert client.shown == [("begin", "Two."), ("end", "Two.")]


@pytest.mark.parametrize("client", [None, Client(JsonRpcException("No."))])
async def test_a_client_that_will_not_show_progress_is_shown_none(client: Client | None) -> None:
    progress = WorkDoneProgress(client, "mezzotint")
    progress.begin("One.")
    if client is not None:
        await agree(client)
    progress.report("Two.")
    progress.end("Three.")
    assert client is None or client.shown == []


async def test_who_may_cancel_is_heard_until_it_is_over() -> None:
    client = Client()
    cancelled: list[None] = []
    progress = WorkDoneProgress(client, "mezzotint", lambda: cancelled.append(None))
    progress.begin("One.")
    await agree(client)
    [token] = client.tokens.values()
    token.cancel()
    assert cancelled == [None]

    late = WorkDoneProgress(client, "mezzotint", lambda: cancelled.append(None))
    late.begin("One.")
    await agree(client)
    late.end("Two.")
    for each in client.tokens.values():
        each.cancel()
    assert cancelled == [None]
