"""When Python looks for circles of garbage: while nobody waits for an answer.

By itself it does so in the middle of a request, as that is when things are made: in a third of them,
for one to three milliseconds.
"""

import asyncio
import gc

QUIET_S = 0.05
"""So long after the last message nobody is typing this very moment."""
_YOUNG = 1
"""What has outlived this many looks is left to Python, which seldom gets to it."""
ALLOCATIONS = 20_000
"""Far more than a request makes: what Python waits for if there is never a quiet moment."""


class QuietMoments:
    """Looks for garbage in them. Belongs to the event loop that it is first told of a message in."""

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None

    def put_off(self) -> None:
        """Somebody has just said something."""
        if self._next is not None:
            self._next.cancel()
        self._next = asyncio.get_running_loop().call_later(QUIET_S, gc.collect, _YOUNG)
