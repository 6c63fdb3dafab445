"""The engine's HTTP: ``POST /v1/fill`` streams server-sent events, ``GET /v1/state`` tells.

``POST /v1/read`` has a prompt encoded ahead of a fill; it is answered when that is done or void.

An ASGI app over any infiller; where it is served, and to whom, it does not know.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.errors import BadRequestError, InfillError
from mezzotint_infill.hole import Draft
from mezzotint_infill.wire import (
    FILL_PATH,
    READ_PATH,
    STATE_PATH,
    Event,
    decode_read_request,
    decode_request,
    encode_error,
    encode_event,
    encode_state,
)

MAX_BODY_BYTES = 64 * 1024 * 1024
"""A guard against an endless body; the largest file that anyone edits is far below."""

_KEEP_ALIVE = b": waiting\n\n"


def create_app(fills: FillQueue) -> Starlette:
    """The app in front of a line of fills."""

    async def fill(request: Request) -> Response:
        asked = decode_request(await _read_body(request))
        return _EventStream(fills.answer(asked))

    async def read(request: Request) -> Response:
        await fills.read_ahead(decode_read_request(await _read_body(request)).hole)
        return Response(status_code=204)

    async def state(_: Request) -> Response:
        return _json(encode_state(await fills.state()))

    return Starlette(
        routes=[
            Route(FILL_PATH, fill, methods=["POST"]),
            Route(READ_PATH, read, methods=["POST"]),
            Route(STATE_PATH, state, methods=["GET"]),
        ],
        exception_handlers=dict.fromkeys(
            (InfillError, HTTPException, ClientDisconnect, Exception), _answer_error
        ),
    )


class _EventStream(StreamingResponse):
    """What comes of a request, as server-sent events.

    Closes its source at once when the reader goes away, not when it is collected.
    """

    def __init__(self, events: AsyncGenerator[Event | None]) -> None:
        super().__init__((), media_type="text/event-stream")
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Starlette's, but in this very task: its two of their own take a tenth of the way."""
        try:
            async with asyncio.timeout(None) as patience:
                leaving = asyncio.create_task(_follow(receive, patience))
                try:
                    await self.stream_response(send)
                finally:
                    leaving.cancel()
        except TimeoutError:
            pass  # nobody reads it

    async def stream_response(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        async with aclosing(self._events) as events:
            event = await anext(events)  # With that the work has begun, and may go on meanwhile.
            await send({**start, "headers": self.raw_headers})
            await _send(event, send)
            async for event in events:
                await _send(event, send)


async def _follow(receive: Receive, patience: asyncio.Timeout) -> None:
    """Lose patience when the reader goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    patience.reschedule(asyncio.get_running_loop().time())


async def _send(event: Event | None, send: Send) -> None:
    chunk, is_last = _chunk(event)
    # The end along with the last event: who has read that may use the connection again.
    await send({"type": "http.response.body", "body": chunk, "more_body": not is_last})


def _chunk(event: Event | None) -> tuple[bytes, bool]:
    """What is sent of an event, and whether it is the last one."""
    if event is None:
        return _KEEP_ALIVE, False
    try:
        return encode_event(event), not isinstance(event, Draft)
    except InfillError as error:
        return encode_event(error), True


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BadRequestError(f"The request is longer than {MAX_BODY_BYTES} bytes.")
    return bytes(body)


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


def _answer_error(_: Request, error: Exception) -> Response:
    match error:
        case InfillError():
            return _json(encode_error(error), 400)
        case HTTPException():
            return _json(encode_error(BadRequestError(f"{error.detail}.")), error.status_code)
        case ClientDisconnect():
            return Response(status_code=400)  # nobody reads it
        case _:
            return _json(encode_error(InfillError("The engine failed; its log says why.")), 500)
