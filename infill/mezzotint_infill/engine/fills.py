"""The line in front of the model: one hole is being filled, the others wait in the order they came.

What is read ahead is in nobody's way: it waits for all of them, and gives way to whoever comes.

Knows tasks and time; knows neither HTTP nor what an infiller does.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from mezzotint_infill.errors import EngineUnavailableError, FillCancelledError, InfillError
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import EngineState, EngineStatus, Infiller
from mezzotint_infill.wire import Event, FillRequest

LOG_S = 0.05
"""So long after an answer it is logged: to write takes its time."""

_logger = logging.getLogger(__name__)


class FillQueue:
    """Belongs to one event loop. Nothing that a fill does can break it."""

    def __init__(self, infiller: Infiller, keep_alive_s: float = 5.0) -> None:
        self._infiller = infiller
        self._keep_alive_s = keep_alive_s
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Fill]] = set()
        self._ahead: asyncio.Task[None] | None = None
        self._open_answers = 0
        self._last_use = time.monotonic()
        self._is_stopped = False

    async def answer(self, request: FillRequest) -> AsyncGenerator[Event | None]:
        """Yield what comes of a request, its end last; ``None`` when there is nothing to say yet.

        That it is taken up is said first, when it is. Closing the generator cancels the fill, also
        while it waits for its turn.
        """
        self._stop_reading_ahead()
        events: asyncio.Queue[Event] = asyncio.Queue()
        begun_at = time.monotonic()
        task = asyncio.create_task(self._fill(request, events.put_nowait))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        # Not in the task itself, which says nothing at all if it is cancelled before it begins.
        task.add_done_callback(lambda task: events.put_nowait(self._outcome(task)))
        self._open_answers += 1
        event: Event | None = None
        try:
            await asyncio.sleep(0)  # The model begins, and only then is there time to say so.
            yield None
            while not isinstance(event, Fill | InfillError):
                event = await self._next(events)
                yield event
        finally:
            task.cancel()
            self._open_answers -= 1
            self.touch()
            if isinstance(event, Fill):  # Later: whoever asked has yet to take the answer.
                seconds = time.monotonic() - begun_at
                asyncio.get_running_loop().call_later(
                    LOG_S, self._log, request.hole, event, seconds
                )

    async def read_ahead(self, hole: Hole) -> None:
        """Have a prompt encoded once no fill is under way; over when that is done or void.

        The newest wins, and any fill that comes. It counts as use: somebody is typing.
        """
        self._stop_reading_ahead()
        self.touch()
        if self._is_stopped:
            return
        task = self._ahead = asyncio.create_task(self._read_ahead(hole))
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("Reading ahead failed.", exc_info=error)

    async def state(self) -> EngineState:
        """What the infiller says of itself, and whether a hole is being filled just now."""
        state = await self._infiller.state()
        if state.status is EngineStatus.READY and self._turn.locked():
            return replace(state, status=EngineStatus.BUSY)
        return state

    @property
    def waiting(self) -> int:
        """How many requests have not got their turn."""
        return self._open_answers - self._turn.locked()

    @property
    def unused_s(self) -> float:
        """For how long nobody has wanted a hole filled. Asking for the state is no use."""
        return 0.0 if self._open_answers else time.monotonic() - self._last_use

    def touch(self) -> None:
        """Count as used just now."""
        self._last_use = time.monotonic()

    def stop(self) -> None:
        """End everything that is under way and take nothing up any more."""
        self._is_stopped = True
        for task in self._under_way:
            task.cancel()
        self._stop_reading_ahead()

    async def _next(self, events: asyncio.Queue[Event]) -> Event | None:
        try:
            async with asyncio.timeout(self._keep_alive_s):
                return await events.get()
        except TimeoutError:
            return None

    def _outcome(self, task: asyncio.Task[Fill]) -> Fill | InfillError:
        if task.cancelled():
            return _stopped() if self._is_stopped else FillCancelledError("The fill was cancelled.")
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, InfillError):
            _logger.info("No fill: %s.", error.code)
            return error
        _logger.error("A fill failed.", exc_info=error)
        return InfillError("The engine failed while it filled the hole; its log says why.")

    async def _fill(self, request: FillRequest, tell: Callable[[Draft], None]) -> Fill:
        async with self._turn:
            if self._is_stopped:
                raise _stopped()
            on_draft = tell if request.drafts else None
            return await self._infiller.fill(request.hole, request.options, on_draft=on_draft)

    async def _read_ahead(self, hole: Hole) -> None:
        async with self._turn:
            pass  # Those that were there before are over; whoever comes now, stops this.
        await self._infiller.read_ahead(hole)

    def _stop_reading_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.cancel()

    def _log(self, hole: Hole, fill: Fill, seconds: float) -> None:
        """Sizes and names only: what people write stays out of the log."""
        _logger.info(
            "Filled %s in %s (%d and %d characters around it): %d tokens, %d steps, %s, %.0f of"
            " %.0f ms; %d more wait.",
            hole.kind.value,
            hole.language,
            len(hole.prefix),
            len(hole.suffix),
            fill.tokens,
            fill.steps,
            fill.stopped_by.value,
            fill.ms.total,
            1000 * seconds,
            self.waiting,
        )


def _stopped() -> EngineUnavailableError:
    return EngineUnavailableError("The engine is being stopped.")
