"""The engine as one editor sees it: on its way, there, lost, or failed for a reason.

Knows when a hole can be filled and tells the user while it cannot. It knows nothing of processes
or HTTP, which are :class:`EngineClient`'s, and nothing of documents.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from mezzotint_infill.errors import EngineUnavailableError, InfillError
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus, Infiller
from mezzotint_infill.options import InfillOptions
from mezzotint_server import feedback as say
from mezzotint_server.feedback import Feedback
from mezzotint_server.progress import WorkDoneProgress

_logger = logging.getLogger(__name__)

POLL_S = 0.1
"""How often an engine that loads is asked how far it is."""
COMEBACK_S = 60.0
"""How long a request waits for an engine that was lost. Whoever types on supersedes it."""
RETRY_S = 120.0
"""A failed engine is left alone for this long, not started at every keystroke."""
MOST_LOSSES = 2
"""An engine that has ended this often while it loaded will not do better the next time."""

_UP = (EngineStatus.READY, EngineStatus.BUSY)


class EngineClient(Infiller, Protocol):
    """An infiller behind which there is a process."""

    async def start(self) -> None:
        """Find the engine or start it. Raises :class:`InfillError`."""
        ...

    async def aclose(self) -> None:
        """Let go of the engine; it stays for others."""
        ...


class Engine:
    """Brings the engine up, follows it, and asks it for fills."""

    def __init__(
        self,
        client: EngineClient,
        feedback: Feedback,
        new_progress: Callable[[], WorkDoneProgress],
        idle_s: float,
    ) -> None:
        self._client = client
        self._feedback = feedback
        self._new_progress = new_progress
        self._idle_s = idle_s
        self._coming: asyncio.Task[None] | None = None
        self._was_up = False
        self._seen_at = 0.0
        self._failed_at: float | None = None

    def start(self) -> None:
        """Bring the engine up in the background."""
        if self._coming is None or self._coming.done():
            self._coming = asyncio.create_task(self._come_up())

    async def is_up(self) -> bool:
        """Whether a hole can be filled now.

        While the model is loaded for the first time the answer is no, at once. An engine that
        was there and has gone is brought up again and waited for.
        """
        if self._has_just_failed():
            return False
        if self._was_up and await self._answers():
            return True
        self.start()
        if self._was_up and self._coming is not None:
            async with asyncio.timeout(COMEBACK_S):
                await asyncio.shield(self._coming)
            return self._failed_at is None
        return False

    async def fill(
        self, hole: Hole, options: InfillOptions, *, on_draft: DraftListener | None = None
    ) -> Fill:
        """Raises :class:`InfillError`."""
        fill = await self._client.fill(hole, options, on_draft=on_draft)
        self._seen_at = time.monotonic()
        return fill

    def leave(self) -> None:
        """Let go of the engine, in the background."""
        if self._coming is not None:
            self._coming.cancel()
        self._coming = asyncio.create_task(self._client.aclose())

    def _was_seen_lately(self) -> bool:
        """Whether the engine cannot have left for lack of work."""
        return time.monotonic() - self._seen_at < self._idle_s

    def _has_just_failed(self) -> bool:
        return self._failed_at is not None and time.monotonic() - self._failed_at < RETRY_S

    async def _answers(self) -> bool:
        """Whether the engine is there still; if it has gone before its time, the user is told."""
        if self._coming is not None and not self._coming.done():
            return False
        status = (await self._client.state()).status
        if status in _UP:
            self._seen_at = time.monotonic()
        elif status is not EngineStatus.FAILED and self._was_seen_lately():
            self._feedback.engine_lost()
        return status in _UP

    async def _come_up(self) -> None:
        progress = self._new_progress()
        progress.begin(say.STARTING)
        try:
            state = await self._loaded(progress)
        except InfillError as error:
            self._fail(str(error))
        except Exception:
            _logger.exception("The engine could not be brought up.")
            self._fail(say.SEE_LOG)
        else:
            if state.status is EngineStatus.FAILED:
                self._fail(state.message)
            else:
                self._succeed(state)
        finally:
            progress.end(say.NOT_READY if self._failed_at is not None else say.READY)

    async def _loaded(self, progress: WorkDoneProgress) -> EngineState:
        """The engine's state once it loads no more; one that ends on the way is started again."""
        for _ in range(MOST_LOSSES):
            state = await self._started_to_load()
            while state.status is EngineStatus.LOADING:
                progress.report(say.loading(state.model), state.progress)
                await asyncio.sleep(POLL_S)
                state = await self._client.state()
            if state.status is not EngineStatus.STARTING:
                return state
        raise EngineUnavailableError(say.ENDS_WHILE_LOADING)

    async def _started_to_load(self) -> EngineState:
        """The first state that is not ``STARTING``."""
        while True:
            # Again each time: whoever had it may just have left.
            await self._client.start()
            state = await self._client.state()
            if state.status is not EngineStatus.STARTING:
                return state
            await asyncio.sleep(POLL_S)

    def _succeed(self, state: EngineState) -> None:
        self._was_up = True
        self._failed_at = None
        self._seen_at = time.monotonic()
        _logger.info("The engine is up: %s on %s.", state.model, state.device)

    def _fail(self, reason: str) -> None:
        self._was_up = False
        self._failed_at = time.monotonic()
        self._feedback.engine_failed(reason)
