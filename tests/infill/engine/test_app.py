"""The engine's HTTP, over a real socket, with infillers whose every move is known."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mezzotint_infill.engine import app
from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.errors import BadHoleError, EngineUnavailableError
from mezzotint_infill.hole import Draft, Fill, Hole, Piece
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.scripted import ScriptedInfiller
from mezzotint_infill.wire import END_OF_EVENT, FillRequest, decode_event, encode_request

Serve = Callable[[FillQueue], Awaitable[Path]]

OPTIONS = InfillOptions()
RETURN = Hole("def f(x):\n    return", "\n")


@dataclass
class Held:
    """Fills nothing before it is told to; records what began, what ended and what was cancelled."""

    may_go: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])
    cancelled: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])
    ended: list[str] = field(default_factory=list[str])
    at_once: int = 0
    most_at_once: int = 0

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.began.put_nowait(hole.prefix)
        try:
            await self.may_go.wait()
        except asyncio.CancelledError:
            self.cancelled.put_nowait(hole.prefix)
            raise
        finally:
            self.at_once -= 1
        self.ended.append(hole.prefix)
        return await ScriptedInfiller({}).fill(hole, options)

    async def read_ahead(self, hole: Hole) -> None:
        raise NotImplementedError

    async def state(self) -> EngineState:
        return EngineState(EngineStatus.READY, "held")


class Failing:
    """Fails in the way that the hole's prefix says."""

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        match hole.prefix:
            case "bug":
                raise ZeroDivisionError(hole.suffix)
            case "bad":
                raise BadHoleError("It cannot be filled.")
            case "nan" if on_draft is not None:
                on_draft(Draft(1, (Piece("", float("nan")),)))
            case _:
                pass
        return await ScriptedInfiller({"": "fine"}).fill(hole)

    async def read_ahead(self, hole: Hole) -> None:
        raise ZeroDivisionError(hole.suffix)

    async def state(self) -> EngineState:
        raise ZeroDivisionError


def client(socket: Path) -> httpx2.AsyncClient:
    transport = httpx2.AsyncHTTPTransport(uds=str(socket), verify=False)
    return httpx2.AsyncClient(
        transport=transport, base_url="http://engine", timeout=60, trust_env=False
    )


async def post(socket: Path, hole: Hole, *, drafts: bool = False) -> httpx2.Response:
    async with client(socket) as http:
        body = encode_request(FillRequest(hole, drafts=drafts))
        return await http.post("/v1/fill", content=body)


def events_of(response: httpx2.Response) -> list[Any]:
    events = map(decode_event, response.content.split(END_OF_EVENT))
    return [event for event in events if event is not None]


async def test_drafts_come_before_the_fill(serve: Serve) -> None:
    scripted = ScriptedInfiller({"return": " x"}, drafts=("a", "ab"))
    response = await post(await serve(FillQueue(scripted)), RETURN, drafts=True)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    drafts: list[Draft] = []
    fill = await scripted.fill(RETURN, on_draft=drafts.append)
    assert events_of(response) == [*drafts, fill]
    assert scripted.asked == [RETURN, RETURN]


async def test_drafts_stay_away_when_nobody_asked_for_them(serve: Serve) -> None:
    scripted = ScriptedInfiller({"return": " x"}, drafts=("a", "ab"))
    response = await post(await serve(FillQueue(scripted)), RETURN)
    assert [type(event) for event in events_of(response)] == [Fill]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/fill", b"{", 400, "bad-request"),
        ("POST", "/v1/fill", b'{"hole": {}}', 400, "bad-request"),
        ("POST", "/v1/fill", b'{"hole": {"prefix": "\\ud800", "suffix": ""}}', 400, "bad-hole"),
        (
            "POST",
            "/v1/fill",
            b'{"hole": {"prefix": "", "suffix": ""}, "options": {"length": 0}}',
            400,
            "bad-options",
        ),
        ("GET", "/v1/fill", b"", 405, "bad-request"),
        ("POST", "/v1/state", b"", 405, "bad-request"),
        ("GET", "/v2/fill", b"", 404, "bad-request"),
    ],
)
async def test_a_bad_request_gets_a_code_and_a_sentence(
    serve: Serve, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    scripted = ScriptedInfiller({})
    async with client(await serve(FillQueue(scripted))) as http:
        response = await http.request(method, path, content=body)
    assert response.status_code == status
    assert response.json().keys() == {"code", "message"}
    assert response.json()["code"] == code
    assert response.json()["message"].endswith(".")
    assert scripted.asked == []


async def test_an_endless_body_is_refused(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_BODY_BYTES", 1000)
    response = await post(await serve(FillQueue(ScriptedInfiller({}))), Hole("a" * 2000, ""))
    assert response.json() == {
        "code": "bad-request",
        "message": "The request is longer than 1000 bytes.",
    }


async def test_a_failing_infiller_leaves_the_engine_alive(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    socket = await serve(FillQueue(Failing()))
    expected = {"bug": "infill", "bad": "bad-hole", "nan": "infill"}
    for prefix, code in expected.items():
        response = await post(socket, Hole(prefix, "secret"), drafts=True)
        assert [event.code for event in events_of(response)] == [code]
    async with client(socket) as http:
        state = await http.get("/v1/state")
    assert (state.status_code, state.json()["code"]) == (500, "infill")
    (fill,) = events_of(await post(socket, Hole("", "")))
    assert fill.text == "fine"


async def test_the_log_at_info_holds_no_source_text(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scripted = ScriptedInfiller({"secret": " secret"}, drafts=("secret",))
    socket = await serve(FillQueue(scripted))
    await post(socket, Hole("secret", "secret"), drafts=True)
    async with client(socket) as http:
        await http.post("/v1/fill", json={"hole": {"prefix": "secret", "suffix": 1}})
    while "Filled" not in caplog.text:  # noqa: ASYNC110 # it is logged when nobody waits any more
        await asyncio.sleep(0.01)
    assert "Filled region in python (6 and 6 characters around it)" in caplog.text
    assert "secret" not in caplog.text


async def test_holes_are_filled_one_at_a_time_in_the_order_they_came(serve: Serve) -> None:
    held = Held()
    fills = FillQueue(held)
    socket = await serve(fills)
    names = [str(number) for number in range(5)]
    asked: list[asyncio.Task[httpx2.Response]] = []
    async with asyncio.TaskGroup() as group:
        for name in names:
            asked.append(group.create_task(post(socket, Hole(name, ""))))
            await until(lambda: fills.waiting + held.at_once == len(asked))
        held.may_go.set()
    assert held.ended == names
    assert held.most_at_once == 1


async def test_closing_the_connection_cancels_the_fill(serve: Serve) -> None:
    held = Held()
    socket = await serve(FillQueue(held))
    first = asyncio.create_task(post(socket, Hole("first", "")))
    assert await held.began.get() == "first"
    await gone(first)
    assert await held.cancelled.get() == "first"
    held.may_go.set()
    await post(socket, Hole("second", ""))
    assert held.ended == ["second"]


async def test_a_fill_that_is_cancelled_while_it_waits_never_begins(serve: Serve) -> None:
    held = Held()
    fills = FillQueue(held)
    socket = await serve(fills)
    first = asyncio.create_task(post(socket, Hole("first", "")))
    assert await held.began.get() == "first"
    second = asyncio.create_task(post(socket, Hole("second", "")))
    await until(lambda: fills.waiting == 1)
    await gone(second)
    await until(lambda: fills.waiting == 0)
    held.may_go.set()
    await first
    await post(socket, Hole("third", ""))
    assert held.ended == ["first", "third"]
    assert held.began.get_nowait() == "third"


async def test_a_client_that_reads_nothing_holds_nobody_up(serve: Serve) -> None:
    scripted = ScriptedInfiller({}, drafts=("draft" * 10_000,) * 50)
    socket = await serve(FillQueue(scripted))
    body = encode_request(FillRequest(RETURN, drafts=True))
    head = f"POST /v1/fill HTTP/1.1\r\nHost: engine\r\nContent-Length: {len(body)}\r\n\r\n"
    _, writer = await asyncio.open_unix_connection(socket, limit=1)
    writer.write(head.encode() + body)
    await until(lambda: len(scripted.asked) == 1)
    (fill,) = events_of(await post(socket, RETURN))
    assert isinstance(fill, Fill)
    writer.close()


async def test_a_waiting_client_is_told_that_the_engine_lives(serve: Serve) -> None:
    held = Held()
    socket = await serve(FillQueue(held, keep_alive_s=0.01))
    body = encode_request(FillRequest(RETURN))
    async with client(socket) as http, http.stream("POST", "/v1/fill", content=body) as response:
        lines = response.aiter_lines()
        assert [await anext(lines) for _ in range(8)] == [": waiting", ""] * 4
        held.may_go.set()
        assert "event: fill" in [line async for line in lines]


async def test_the_state_is_told_at_once_also_during_a_fill(serve: Serve) -> None:
    held = Held()
    socket = await serve(FillQueue(held))
    first = asyncio.create_task(post(socket, RETURN))
    await held.began.get()
    async with client(socket) as http:
        assert (await http.get("/v1/state")).json()["status"] == "busy"
        held.may_go.set()
        await first
        state = await http.get("/v1/state")
    assert state.json() == {
        "status": "ready",
        "model": "held",
        "device": "cpu",
        "message": "",
        "progress": None,
        "plan": "",
    }


async def test_an_engine_that_is_stopped_says_so_to_all_who_wait(serve: Serve) -> None:
    held = Held()
    fills = FillQueue(held)
    socket = await serve(fills)
    asked = [asyncio.create_task(post(socket, Hole(name, ""))) for name in ("first", "second")]
    await until(lambda: fills.waiting == 1)
    fills.stop()
    answers = [events_of(response) for response in await asyncio.gather(*asked)]
    answers.append(events_of(await post(socket, Hole("late", ""))))
    assert [[event.code for event in events] for events in answers] == [["engine-unavailable"]] * 3
    assert held.ended == []


async def test_a_fill_that_is_stopped_before_it_begins_says_so() -> None:
    fills = FillQueue(Held())
    answer = fills.answer(FillRequest(RETURN))
    first = asyncio.create_task(anext(answer))
    await asyncio.sleep(0)  # the answer is waited for; the fill has not begun
    fills.stop()
    assert await first is None
    assert isinstance(await anext(answer), EngineUnavailableError)


async def gone(request: asyncio.Task[httpx2.Response]) -> None:
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


async def until(is_so: Callable[[], bool]) -> None:
    """Let the others run until it is so."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.001)
