"""Infillers that ask an engine over its socket: one that is there, or one that is started.

Knows HTTP and the engine's address; knows no model and no editor, and imports no torch.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx2

from mezzotint_infill.engine.address import EngineAddress, engine_address, is_answered
from mezzotint_infill.engine.launch import ensure_engine
from mezzotint_infill.errors import EngineUnavailableError, InfillError
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO
from mezzotint_infill.wire import (
    FILL_PATH,
    STATE_PATH,
    FillRequest,
    decode_error,
    decode_event,
    decode_state,
    encode_request,
)

SILENCE_S = 120.0
"""An engine that has said nothing for this long, not even a keep-alive, is taken for stuck."""

_PATIENCE = {"timeout": httpx2.Timeout(SILENCE_S).as_dict()}

DEFAULT_OPTIONS = InfillOptions()


class HttpInfiller:
    """Asks the engine that answers on a socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        # Without a client around it: proxies, cookies and redirects are not for a local socket.
        # Nor are certificates, and reading them takes 50 ms.
        self._transport = httpx2.AsyncHTTPTransport(
            uds=str(socket), verify=False, limits=_NO_REUSE, trust_env=False
        )

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = DEFAULT_OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        """Cancelling the task closes the connection, at which the engine stops.

        Raises the engine's own :class:`InfillError`, or :class:`EngineUnavailableError`.
        """
        body = encode_request(FillRequest(hole, options, drafts=on_draft is not None))
        async with self._ask("POST", FILL_PATH, body) as response:
            source = httpx2.EventSource(response)
            async for sent in source:
                event = decode_event(sent.event, sent.data)
                if isinstance(event, Fill):
                    return event
                if isinstance(event, EngineUnavailableError):
                    raise NotTakenError(str(event))
                if isinstance(event, InfillError):
                    raise event
                if isinstance(event, Draft) and on_draft is not None:
                    on_draft(event)
        raise EngineUnavailableError("The engine left before it had answered.")

    async def state(self) -> EngineState:
        """Raises :class:`EngineUnavailableError`."""
        async with self._ask("GET", STATE_PATH) as response:
            return decode_state(await response.aread())

    def is_there(self) -> bool:
        """Whether anybody listens on the socket: a question that the kernel answers."""
        return is_answered(self._socket)

    async def aclose(self) -> None:
        """Close all connections, and with them all fills that are under way."""
        await self._transport.aclose()

    @asynccontextmanager
    async def _ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> AsyncGenerator[httpx2.Response]:
        has_answered = False
        try:
            request = httpx2.Request(
                method, f"http://engine{path}", content=body, extensions=_PATIENCE
            )
            response = await self._transport.handle_async_request(request)
            response.request = request
            has_answered = True
            async with aclosing(response):
                if not response.is_success:
                    raise decode_error(await response.aread())
                yield response
        except httpx2.TimeoutException as error:
            raise EngineUnavailableError(
                f"The engine has said nothing for {SILENCE_S:.0f} seconds."
            ) from error
        except httpx2.TransportError as error:
            if has_answered:
                raise EngineUnavailableError("The engine died before it had answered.") from error
            raise NotTakenError("No engine answers on the socket.") from error


class NotTakenError(EngineUnavailableError):
    """The engine was gone before it took up the request: asking another one is safe."""


class EngineInfiller:
    """Asks the engine for a model, a device and a memory plan, and starts it if there is none.

    Nothing is started or opened before it is needed. One instance belongs to one event loop.
    """

    def __init__(
        self,
        model: str = "embedded",
        device: str | None = None,
        idle_s: float = 1800.0,
        plan: str = AUTO,
    ) -> None:
        self._model = model
        self._device = device
        self._plan = plan
        self._idle_s = idle_s
        self._http: HttpInfiller | None = None
        self._starting = asyncio.Lock()

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = DEFAULT_OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        """As :meth:`HttpInfiller.fill`; an engine that is not there is started, once."""
        try:
            return await self._engine().fill(hole, options, on_draft=on_draft)
        except NotTakenError:
            await self.start()
            return await self._engine().fill(hole, options, on_draft=on_draft)

    async def state(self) -> EngineState:
        """Starts no engine: while none runs, the status is ``STARTING``."""
        try:
            return await self._engine().state()
        except NotTakenError:
            return EngineState(EngineStatus.STARTING, self._model, self._device or "")

    def is_there(self) -> bool:
        """As :meth:`HttpInfiller.is_there`."""
        return self._engine().is_there()

    async def start(self) -> None:
        """Find the engine or start it; it then loads its model by itself.

        Raises :class:`EngineUnavailableError`.
        """
        async with self._starting:
            await asyncio.to_thread(
                ensure_engine, self._model, self._device, self._idle_s, self._plan
            )

    async def aclose(self) -> None:
        """Let go of the engine. It stays for others, and leaves when nobody uses it."""
        if self._http is not None:
            await self._http.aclose()

    def _engine(self) -> HttpInfiller:
        if self._http is None:
            self._http = HttpInfiller(self._address().socket)
        return self._http

    def _address(self) -> EngineAddress:
        return engine_address(self._model, self._device, self._plan)


_NO_REUSE = httpx2.Limits(max_keepalive_connections=0)
"""A new connection for each request costs microseconds here, and none is ever found dead."""
