"""The last tree of each open document, and a thread for what takes long to parse.

A new version of a text is compared with the last one, so only what has changed is parsed. Knows no
edits, no holes and no protocol.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from mezzotint_grammars import language_for
from mezzotint_grammars.difference import reparsed
from mezzotint_grammars.long_tokens import LongTokens
from mezzotint_grammars.source_tree import SourceTree

T = TypeVar("T")


class Trees:
    """One editor's documents as trees; of a large document, the piece that was asked for last."""

    def __init__(self) -> None:
        self._last: dict[str, SourceTree] = {}
        self._long_tokens: dict[str, LongTokens] = {}
        # One thread: parsing holds the interpreter's lock, so more would win nothing.
        self._thread = ThreadPoolExecutor(1, "mezzotint-parsing")
        self._parsing = Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """Do something that parses, off the event loop; one thing at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._alone, work)

    async def run_soon(self, work: Callable[[], T]) -> T:
        """The same for what parses no more than a piece of a text, and somebody waits for.

        At once where nothing else is parsed: the event loop would not get on meanwhile anyway, and
        the way to the thread and back takes half as long as the parsing.
        """
        if not self._parsing.acquire(blocking=False):
            return await self.run(work)
        try:
            return work()
        finally:
            self._parsing.release()

    def prepare(self, language: str) -> None:
        """Have a language ready before anybody asks about a document in it; returns at once."""
        if (known := language_for(language)) is not None:
            self._thread.submit(self._alone, known.prepare)

    def _alone(self, work: Callable[[], T]) -> T:
        with self._parsing:
            return work()

    def parse(self, uri: str, text: str, language: str) -> SourceTree:
        """The tree of a document, or of a piece of it."""
        last = self._last.get(uri)
        if last is not None and last.language_id == language:
            tree = reparsed(last, text)
        else:
            tree = SourceTree.parse(text, language)
        self._last[uri] = tree
        return tree

    def long_tokens(self, uri: str) -> LongTokens:
        """What is known of the strings and comments of a document; for whoever parses just now."""
        return self._long_tokens.setdefault(uri, LongTokens())

    def forget(self, uri: str) -> None:
        """The document is closed."""
        self._last.pop(uri, None)
        self._long_tokens.pop(uri, None)
