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
from mezzotint_infill.hole import Fill, Hole, StopReason
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus, Infiller
from mezzotint_infill.options import InfillOptions
from mezzotint_server import feedback as say
from mezzotint_server.feedback import Feedback
from mezzotint_server.progress import WorkDoneProgress
from mezzotint_server.status import Kind, Status

_logger = logging.getLogger(__name__)

POLL_S = 0.1
"""How often an engine that loads is asked how far it is."""
FRESH_S = 5.0
"""An engine that was well so lately, and lives, is not asked how it is."""
COMEBACK_S = 60.0
"""How long a request waits for an engine that was lost. Whoever types on supersedes it."""
RETRY_S = 120.0
"""A failed engine is left alone for this long, not started at every keystroke."""
MAX_DOUBLINGS = 5
"""Each failure doubles the time after which it is tried without a request, so often at the most."""
LATE_FILLS = 3
"""So many fills in a row that ran out of time are no accident."""
MOST_LOSSES = 2
"""An engine that has ended this often while it loaded will not do better the next time."""

_UP = (EngineStatus.READY, EngineStatus.BUSY)


class EngineClient(Infiller, Protocol):
    """An infiller behind which there is a process."""

    async def start(self) -> None:
        """Find the engine or start it. Raises :class:`InfillError`."""
        ...

    def is_there(self) -> bool:
        """Whether its process lives, told at once; how it is, :meth:`state` says."""
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
        status: Status,
    ) -> None:
        self._client = client
        self._feedback = feedback
        self._new_progress = new_progress
        self._idle_s = idle_s
        self._status = status
        self._coming: asyncio.Task[None] | None = None
        self._was_up = False
        self._seen_at = 0.0
        self._well_at = float("-inf")
        self._failed_at: float | None = None
        self._failures = 0
        self._retry: asyncio.TimerHandle | None = None
        self._late_fills = 0
        self._complaint = ""
        self._device = ""
        self._has_left = False

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
        with self._status.filling():
            try:
                fill = await self._client.fill(hole, options, on_draft=on_draft)
            except InfillError:
                self._well_at = float("-inf")
                raise
        self._seen_at = self._well_at = time.monotonic()
        self._note_time(fill)
        return fill

    @property
    def device(self) -> str:
        """What the engine runs on that was last seen up; empty if there was none yet."""
        return self._device

    async def read_ahead(self, hole: Hole) -> None:
        """Have a prompt encoded that may be asked for soon. Raises nothing, brings nothing up."""
        await self._client.read_ahead(hole)

    def leave(self) -> None:
        """Let go of the engine, in the background."""
        self._has_left = True
        if self._retry is not None:
            self._retry.cancel()
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
        if time.monotonic() - self._well_at < FRESH_S and self._client.is_there():
            return True
        state = await self._client.state()
        status = state.status
        if status in _UP:
            self._seen_at = self._well_at = time.monotonic()
            if state.message != self._complaint:
                self._tell_up(state)
        elif status is EngineStatus.LOADING:
            # Anew: its memory ran out, or somebody else has started it again.
            self._say(Kind.LOADING, say.loading(state.model), state)
        elif status is not EngineStatus.FAILED and self._was_seen_lately():
            self._feedback.engine_lost()
            self._say(Kind.DEGRADED, say.ENGINE_LOST)
        return status in _UP

    async def _come_up(self) -> None:
        progress = self._new_progress()
        progress.begin(say.STARTING)
        if not self._was_up:
            self._say(Kind.STARTING, say.STARTING)
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
                if not self._was_up:
                    self._say(Kind.LOADING, say.loading(state.model), state)
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
        self._failures = 0
        self._tell_up(state)
        _logger.info("The engine is up: %s on %s.", state.model, state.device)

    def _fail(self, reason: str) -> None:
        self._was_up = False
        self._failed_at = time.monotonic()
        self._failures += 1
        self._feedback.engine_failed(reason)
        self._say(Kind.UNAVAILABLE, say.unavailable(reason))
        # A client that was told that there is nothing to ask for would never ask again.
        delay_s = RETRY_S * 2 ** min(self._failures - 1, MAX_DOUBLINGS)
        self._retry = asyncio.get_running_loop().call_later(delay_s, self.start)

    def _note_time(self, fill: Fill) -> None:
        was_late = self._late_fills >= LATE_FILLS
        self._late_fills = self._late_fills + 1 if fill.stopped_by is StopReason.DEADLINE else 0
        if self._late_fills == LATE_FILLS:
            self._say(Kind.DEGRADED, say.RUNS_OUT_OF_TIME)
        elif was_late and not self._late_fills:
            self._say_up()

    def _tell_up(self, state: EngineState) -> None:
        """An engine that is up and has something to say is not as it was meant to be."""
        self._complaint, self._device = state.message, state.device
        self._say_up(state)

    def _say_up(self, state: EngineState | None = None) -> None:
        kind = Kind.DEGRADED if self._complaint else Kind.READY
        self._say(kind, self._complaint or say.TYPE_ON, state)

    def _say(self, kind: Kind, message: str, state: EngineState | None = None) -> None:
        if not self._has_left:
            self._status.engine_is(kind, message, state)
