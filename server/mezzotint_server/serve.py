"""The language server where clients find it: on standard input and output, or at an address.

At an address there is one session for each client; they share the engine, as windows of one
editor do. There is no password: who can reach the address can ask.
"""

import asyncio
import gc
import json
import logging
import re
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pygls.io_ import StdoutWriter, run_async

from mezzotint_infill import event_loop
from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.remote import EngineInfiller
from mezzotint_server.app import create_server
from mezzotint_server.engine import EngineClient
from mezzotint_server.garbage import ALLOCATIONS
from mezzotint_server.log import logging_set_up
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings
from mezzotint_server.streams import Reader, Turn, Turns, standard_input

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

_logger = logging.getLogger(__name__)

LISTENING = "Listening on"
_MAX_FRAME_BYTES = 64 * 2**20
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_OWN_PAGES = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
"""Any page on the web can open a socket to this machine; only its own may ask."""

Port = int


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: Port
    """0 for any that is free; the log says which."""


def address(text: str) -> Address:
    """``HOST:PORT``, or ``PORT`` on this machine. Raises :class:`BadOptionsError`."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise BadOptionsError(f"An address must be HOST:PORT or PORT, not {text}.")
    return Address(host.strip("[]") or _LOOPBACK[0], int(port))


def serve_stdio(settings: Settings) -> int:
    """Serve one editor until it leaves; return the exit status that LSP asks for."""
    server = create_server(_connect, settings)
    with _set_up(), suppress(KeyboardInterrupt):
        event_loop.run(_converse_on_pipes(server))
    return 0 if server.is_shut_down else 1


def serve_tcp(settings: Settings, at: Address) -> None:
    """Serve every client that connects, until somebody ends the process."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = create_server(_connect, settings)
        try:
            await _converse(server, reader, writer)
        finally:
            server.leave()
            writer.close()

    async def listen() -> Any:
        return await asyncio.start_server(meet, at.host, at.port)

    _serve(listen, at)


def serve_ws(settings: Settings, at: Address) -> None:
    """The same over web sockets, a message in each frame."""
    from websockets.asyncio.server import serve

    async def meet(socket: "ServerConnection") -> None:
        server = create_server(_connect, settings)
        try:
            await _converse_in_frames(server, socket)
        finally:
            server.leave()

    async def listen() -> Any:
        origins = [None, _OWN_PAGES]
        return await serve(meet, at.host, at.port, origins=origins, max_size=_MAX_FRAME_BYTES)

    _serve(listen, at)


@contextmanager
def _set_up() -> Generator[None]:
    gc.set_threshold(ALLOCATIONS)
    gc.freeze()  # What was imported stays, and takes 30 ms to be looked through for circles.
    with logging_set_up():
        yield


def _serve(listen: Callable[[], Awaitable[Any]], at: Address) -> None:
    with _set_up(), suppress(KeyboardInterrupt):
        if at.host not in _LOOPBACK:
            _logger.warning("%s: who can reach this address can use mezzotint.", at.host)
        event_loop.run(_listen(listen, at))


async def _listen(listen: Callable[[], Awaitable[Any]], at: Address) -> None:
    try:
        listener = await listen()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadOptionsError(f"Cannot listen on {at.host}:{at.port}: {reason}.") from error
    for socket in listener.sockets:
        host, port = socket.getsockname()[:2]
        _logger.info("%s %s:%d.", LISTENING, host, port)
    # Not serve_forever: from Python 3.12 on it would wait for the clients when it is to end.
    await asyncio.get_running_loop().create_future()


async def _converse_on_pipes(server: MezzotintServer) -> None:
    async with standard_input(server.thread_pool) as reader:
        await _converse(server, reader, StdoutWriter(sys.stdout.buffer))


async def _converse(
    server: MezzotintServer, reader: Reader, writer: asyncio.StreamWriter | StdoutWriter
) -> None:
    """Until either side has had enough."""
    goodbye = server.listen()
    server.protocol.set_writer(writer)
    with suppress(ConnectionError, EOFError, ValueError):
        await run_async(
            goodbye, Turns(reader), server.protocol, _logger, server.report_server_error
        )


class _Frames:
    """A web socket as pygls writes to it; text, which is what clients in browsers read."""

    def __init__(self, socket: "ServerConnection") -> None:
        self._socket = socket

    async def write(self, data: bytes) -> None:
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed):
            await self._socket.send(data.decode())

    async def close(self) -> None:
        await self._socket.close()


async def _converse_in_frames(server: MezzotintServer, socket: "ServerConnection") -> None:
    goodbye = server.listen()
    protocol = server.protocol
    protocol.set_writer(_Frames(socket), include_headers=False)
    turn = Turn()
    async for frame in socket:
        await turn.give()
        try:
            message = json.loads(frame, object_hook=protocol.structure_message)
            protocol.handle_message(message)
        except Exception:  # whatever comes, the next message is read
            _logger.exception("A message cannot be handled.")
        if goodbye.is_set():
            return


def _connect(settings: Settings) -> EngineClient:
    return EngineInfiller(settings.model, settings.device, settings.idle_s, settings.plan)
