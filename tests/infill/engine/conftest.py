"""An engine's app on a real socket, served from the test's own event loop."""

import asyncio
import itertools
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from mezzotint_infill.engine.app import create_app
from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.engine.server import EngineServer

Serve = Callable[[FillQueue], Awaitable[Path]]


@pytest.fixture
async def serve(engine_folder: Path) -> AsyncIterator[Serve]:
    """Serves a line of fills and returns the socket on which they are answered."""
    names = (engine_folder / f"{number}.sock" for number in itertools.count())
    async with AsyncExitStack() as servers:

        async def start(fills: FillQueue) -> Path:
            return await servers.enter_async_context(_served(fills, next(names)))

        yield start


@asynccontextmanager
async def _served(fills: FillQueue, path: Path) -> AsyncGenerator[Path]:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def load() -> None:
        loop.call_soon_threadsafe(ready.set)

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        server = EngineServer(create_app(fills), fills, load, idle_s=3600)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        yield path
        server.should_exit = True
        await serving
