"""uvicorn's server with an engine's life: it loads a model once it answers, and leaves unused.

Knows nothing of the socket it is served on.
"""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future

import uvicorn
from starlette.types import ASGIApp

from mezzotint_infill.engine.fills import FillQueue

FAILED_S = 30.0
"""How long an engine that has no model stays to say why; then the next one may try."""

_TICK_S = 0.25

_logger = logging.getLogger(__name__)


class EngineServer(uvicorn.Server):
    """``load`` blocks, so it has a thread of its own."""

    def __init__(
        self, app: ASGIApp, fills: FillQueue, load: Callable[[], None], idle_s: float
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=10,
            )
        )
        self._fills = fills
        self._load = load
        self._idle_s = idle_s
        self._life: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; the model is loaded once the socket answers."""
        await super().startup(sockets)
        self._life = asyncio.create_task(self._live())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which waits for requests to end; here they are told to."""
        if self._life is not None:
            self._life.cancel()
        self._fills.stop()
        await super().shutdown(sockets)

    async def _live(self) -> None:
        if await self._loaded():
            self._fills.touch()
            await self._unused()
            _logger.info("Nobody has wanted a fill for %.0f seconds.", self._idle_s)
        else:
            await asyncio.sleep(FAILED_S)
        self.should_exit = True

    async def _unused(self) -> None:
        while True:
            left_s = self._idle_s - self._fills.unused_s
            if left_s <= 0:
                return
            await asyncio.sleep(min(left_s, _TICK_S))

    async def _loaded(self) -> bool:
        try:
            await _in_daemon_thread(self._load)
        except Exception:
            _logger.exception("The model cannot be loaded.")
        else:
            return True
        return False


def _in_daemon_thread(work: Callable[[], None]) -> asyncio.Future[None]:
    """Like ``asyncio.to_thread``, whose threads keep a process that wants to leave waiting."""
    outcome: Future[None] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised where the outcome is awaited
            outcome.set_exception(error)
        else:
            outcome.set_result(None)

    threading.Thread(target=run, name="model-loader", daemon=True).start()
    return asyncio.wrap_future(outcome)
