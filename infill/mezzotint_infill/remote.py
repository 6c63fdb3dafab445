"""Infillers that ask an engine over its socket: one that is there, or one that is started.

Knows HTTP and the engine's address; knows no model and no editor, and imports no torch. The HTTP
client is imported when an engine is first asked: that takes a tenth of a second, which a handshake
need not wait for.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mezzotint_infill.engine.address import EngineAddress, address_at, engine_address, is_held
from mezzotint_infill.engine.launch import ensure_engine
from mezzotint_infill.errors import EngineUnavailableError, InfillError
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO
from mezzotint_infill.wire import (
    END_OF_EVENT,
    FILL_PATH,
    READ_PATH,
    STATE_PATH,
    Event,
    FillRequest,
    ReadRequest,
    decode_error,
    decode_event,
    decode_state,
    encode_request,
)

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

SILENCE_S = 120.0
"""An engine that has said nothing for this long, not even a keep-alive, is taken for stuck."""

UNUSED_S = 4.0
"""A connection that was not used for so long is closed here, a second before the engine does it."""

DEFAULT_OPTIONS = InfillOptions()

_logger = logging.getLogger(__name__)


class HttpInfiller:
    """Asks the engine that answers on a socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._lock = address_at(socket).lock
        self._client: ClientSession | None = None

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
            begun = b""
            async for piece in response.content.iter_any():
                *whole, begun = (begun + piece).split(END_OF_EVENT)
                for event in filter(None, map(decode_event, whole)):
                    fill = _taken(event, on_draft)
                    if fill is not None:
                        return fill
        raise EngineUnavailableError("The engine left before it had answered.")

    async def read_ahead(self, hole: Hole) -> None:
        """Cancelling the task leaves the engine to finish; the next fill stops it anyway."""
        try:
            async with self._ask("POST", READ_PATH, encode_request(ReadRequest(hole))):
                pass
        except InfillError as error:
            _logger.debug("Nothing was read ahead: %s", error)

    async def state(self) -> EngineState:
        """Raises :class:`EngineUnavailableError`."""
        async with self._ask("GET", STATE_PATH) as response:
            return decode_state(await response.read())

    def is_there(self) -> bool:
        """Whether the engine of this socket lives: a question that the kernel answers."""
        return is_held(self._lock)

    async def aclose(self) -> None:
        """Close all connections, and with them all fills that are under way."""
        if self._client is not None:
            await self._client.close()

    @asynccontextmanager
    async def _ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> AsyncGenerator["ClientResponse"]:
        import aiohttp

        has_answered = False
        try:
            async with self._opened().request(
                method, f"http://engine{path}", data=body
            ) as response:
                has_answered = True
                if not response.ok:
                    raise decode_error(await response.read())
                yield response
        except TimeoutError as error:
            raise EngineUnavailableError(
                f"The engine has said nothing for {SILENCE_S:.0f} seconds."
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            if has_answered:
                raise EngineUnavailableError("The engine died before it had answered.") from error
            raise NotTakenError("No engine answers on the socket.") from error

    def _opened(self) -> "ClientSession":
        if self._client is None:
            import aiohttp

            self._client = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(
                    str(self._socket), limit=0, keepalive_timeout=UNUSED_S
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                timeout=aiohttp.ClientTimeout(sock_connect=SILENCE_S, sock_read=SILENCE_S),
            )
        return self._client


def _taken(event: Event, on_draft: DraftListener | None) -> Fill | None:
    """What an event brings if it is the last one. Raises the error that it may be."""
    match event:
        case Fill():
            return event
        case EngineUnavailableError():
            raise NotTakenError(str(event))
        case InfillError():
            raise event
        case Draft():
            if on_draft is not None:
                on_draft(event)
    return None


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

    async def read_ahead(self, hole: Hole) -> None:
        """As :meth:`HttpInfiller.read_ahead`; starts no engine."""
        await self._engine().read_ahead(hole)

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
            await asyncio.to_thread(self._find)

    async def aclose(self) -> None:
        """Let go of the engine. It stays for others, and leaves when nobody uses it."""
        if self._http is not None:
            await self._http.aclose()

    def _find(self) -> None:
        import_module("aiohttp")  # In this thread: the event loop finds it imported.
        ensure_engine(self._model, self._device, self._idle_s, self._plan)

    def _engine(self) -> HttpInfiller:
        if self._http is None:
            self._http = HttpInfiller(self._address().socket)
        return self._http

    def _address(self) -> EngineAddress:
        return engine_address(self._model, self._device, self._plan)
