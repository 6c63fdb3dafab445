"""The bytes that a client sends, as pygls reads them: with a turn for all others after each message.

Knows neither messages nor who sends them.
"""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncGenerator, Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import BinaryIO, Protocol

from pygls.io_ import StdinAsyncReader

from mezzotint_server.garbage import QuietMoments

_HEADER_BYTES = 2**20
"""A line that is longer is no header."""


class Reader(Protocol):
    """Where bytes come from."""

    def readline(self) -> Awaitable[bytes]:
        """Up to a line feed; nothing where the stream has ended."""
        ...

    def readexactly(self, n: int) -> Awaitable[bytes]:
        """So many bytes. Raises :class:`EOFError`, or gives fewer, where the stream ends before."""
        ...


class Turn:
    """Lets what a message has begun begin, before the next one is taken.

    What has arrived together would be taken without a pause: a request would begin only behind the
    change that was typed after it, and answer for a text that nobody asked about.
    """

    def __init__(self) -> None:
        self._quiet = QuietMoments()
        self._was_had = True

    async def give(self) -> None:
        """To be awaited once for each message, before it is taken."""
        if not self._was_had:  # It was there already when the last one was taken.
            await asyncio.sleep(0)
        self._was_had = False
        asyncio.get_running_loop().call_soon(self._have)
        self._quiet.put_off()

    def _have(self) -> None:
        self._was_had = True


class Turns:
    """Reads messages with a turn for all others between them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._turn = Turn()

    def readline(self) -> Awaitable[bytes]:
        return self._reader.readline()

    async def readexactly(self, n: int) -> bytes:
        """The body of a message: there is one in each, and several lines before it."""
        await self._turn.give()
        return await self._reader.readexactly(n)


@asynccontextmanager
async def standard_input(threads: ThreadPoolExecutor) -> AsyncGenerator[Reader]:
    """Standard input, read by the event loop itself where the system can do that.

    A thread has to be woken up three times for each message, half a millisecond in all.
    """
    if not _is_for_event_loop(sys.stdin.buffer, sys.stdout.buffer):
        yield StdinAsyncReader(sys.stdin.buffer, threads)
        return
    reader = asyncio.StreamReader(limit=_HEADER_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
    )
    try:
        yield reader
    finally:
        transport.close()


def _is_for_event_loop(stdin: BinaryIO, stdout: BinaryIO) -> bool:
    """Whether waiting for it can be left to the event loop.

    That makes the stream one that nobody waits for; where both ends are one socket, whoever writes
    would not wait either, and lose what does not fit. A terminal belongs to others as well.
    """
    if os.name != "posix":
        return False
    theirs, ours = os.fstat(stdin.fileno()), os.fstat(stdout.fileno())
    is_pipe = stat.S_ISFIFO(theirs.st_mode) or stat.S_ISSOCK(theirs.st_mode)
    return is_pipe and not os.path.samestat(theirs, ours)
