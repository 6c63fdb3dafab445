"""The newest request wins: what is asked about a document makes what was asked before void.

Neovim cancels none of its superseded requests, and shows a late answer as if it fitted.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NewestWins:
    """At most one piece of work for each document."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def run(self, uri: str, work: Coroutine[Any, Any, T]) -> T | None:
        """What ``work`` returns, or ``None`` if something newer came; it is stopped then.

        Whoever cancels this, instead, gets the ``CancelledError`` and stops ``work``, too.
        """
        self.drop(uri)
        task = self._running[uri] = asyncio.create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            return None
        finally:
            if self._running.get(uri) is task:
                del self._running[uri]

    def drop(self, uri: str) -> None:
        """Stop what runs for this document; it has changed, or is closed."""
        if (task := self._running.pop(uri, None)) is not None:
            task.cancel()


def _is_being_cancelled() -> bool:
    """Whether it is the current task that was cancelled, and not one that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
