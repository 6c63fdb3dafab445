"""What is read ahead for one editor: at most one place, the newest.

Knows tasks and documents' names; neither engines nor holes.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


class ReadingAhead:
    """One piece of work, which gives way to the next."""

    def __init__(self) -> None:
        self._uri = ""
        self._task: asyncio.Task[None] | None = None

    def start(self, uri: str, work: Coroutine[Any, Any, None]) -> None:
        """Do this from now on, for a document, and nothing else."""
        self.stop()
        self._uri, self._task = uri, asyncio.create_task(work)

    def forget(self, uri: str) -> None:
        """The document is closed, or another one now."""
        if uri == self._uri:
            self.stop()

    def stop(self) -> None:
        """Nothing is to be read ahead just now."""
        if self._task is not None:
            self._task.cancel()
