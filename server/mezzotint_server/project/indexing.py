"""Keeps the index as the workspace is: in the background, never on the way of a request.

Reading and parsing is done by processes of their own (``reader.py``), one for what comes up, a
second one while there is a heap of files. What happens on the event loop is taking over one
outline at a time (``intake.py``). Open texts go before files; a text that is being typed in waits
for a pause.
"""

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from mezzotint_grammars import language_of_path
from mezzotint_server.project.ignored import PATTERN_FILES
from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.intake import FILES_A_QUESTION, UNKNOWN, Intake
from mezzotint_server.project.readers import Reader
from mezzotint_server.project.texts import OpenTexts

_logger = logging.getLogger(__name__)

PAUSE_S = 1.0
"""So long nothing is typed before a text's outline is made anew. In a shorter pause a fill is asked
for, and to outline a long file takes the processor from it."""
IDLE_S = 60.0
"""A reader that nobody asks for so long ends; it is there again in a moment."""


class Indexing:
    """What is to be read, and who reads it. Needs a running event loop from ``start`` on."""

    def __init__(self, index: WorkspaceIndex, texts: OpenTexts, roots: tuple[Path, ...]) -> None:
        self._index = index
        self._texts = texts
        self._intake = Intake(index, texts)
        self._intake.roots = roots
        self._due_texts: dict[str, None] = {}
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._is_walk_due = bool(roots)
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._news = asyncio.Event()
        self._is_settled = asyncio.Event()

    def start(self) -> None:
        """Begin; once."""
        if not self._tasks:
            self._tell()
            self._tasks = (asyncio.create_task(self._work()),)

    def stop(self) -> None:
        """End all of it at once."""
        for task in self._tasks:
            task.cancel()
        for pause in self._pauses.values():
            pause.cancel()

    async def aclose(self) -> None:
        """End all of it, and wait until it has ended."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until there is nothing left to do."""
        await self._is_settled.wait()

    def set_roots(self, roots: tuple[Path, ...]) -> None:
        """The workspace has other folders now."""
        self._intake.roots = roots
        self.walk_again()

    def walk_again(self) -> None:
        """Look for what has come, gone or changed."""
        self._is_walk_due = True
        self._tell()

    def read_text(self, uri: str) -> None:
        """Make an outline of an open document when nothing has been typed for a while."""
        self._drop_pause(uri)
        self._is_settled.clear()
        self._pauses[uri] = asyncio.get_running_loop().call_later(PAUSE_S, self._text_is_due, uri)

    def forget_text(self, uri: str) -> None:
        """The document is closed."""
        self._drop_pause(uri)
        self._due_texts.pop(uri, None)
        self._tell()

    def files_changed(self, paths: Iterable[str]) -> None:
        """These files are new, or say something else, or are gone."""
        for path in paths:
            name = PurePath(path)
            if name.name in PATTERN_FILES or not name.suffix:
                self._is_walk_due = True  # Patterns, or what may be a folder.
            elif language_of_path(path) is not None and self._texts.at_path(path) is None:
                self._intake.files[path] = UNKNOWN
        self._tell()

    def _drop_pause(self, uri: str) -> None:
        if (pause := self._pauses.pop(uri, None)) is not None:
            pause.cancel()

    def _text_is_due(self, uri: str) -> None:
        self._pauses.pop(uri, None)
        self._due_texts[uri] = None
        self._tell()

    def _tell(self) -> None:
        self._is_settled.clear()
        self._news.set()

    async def _work(self) -> None:
        reader = Reader()
        try:
            while True:
                try:
                    await self._do_all(reader)
                except Exception:  # a workspace that is odd must not end suggestions
                    _logger.exception("The workspace cannot be indexed.")
                    self._give_up()
                self._news.clear()
                if not self._pauses:
                    self._is_settled.set()
                try:
                    # ``wait_for`` may swallow a cancellation in Python 3.11, and never end.
                    async with asyncio.timeout(IDLE_S if reader.is_running else None):
                        await self._news.wait()
                except TimeoutError:
                    reader.stop()
        finally:
            reader.stop()

    async def _do_all(self, reader: Reader) -> None:
        helper, helping = Reader(), list[asyncio.Task[None]]()
        try:
            if self._is_walk_due and not len(self._index) and _has_two_cores():
                # There will be a heap, and to start takes as long as to walk.
                reader.start()
                helper.start()
            while self._due_texts or self._is_walk_due or self._intake.files:
                await self._do_next(reader)
                if not helping and self._is_heap():
                    # With this loop two for each reader: while the answer for one is taken over,
                    # it is at the other's question.
                    readers = (reader, helper, helper) if _has_two_cores() else (reader,)
                    helping = [asyncio.create_task(self._help(each)) for each in readers]
            await asyncio.gather(*helping)
        finally:
            for each in helping:
                each.cancel()
            helper.stop()

    async def _help(self, reader: Reader) -> None:
        while self._intake.files:
            await self._intake.read_files(reader)

    async def _do_next(self, reader: Reader) -> None:
        if self._due_texts:
            uri = next(iter(self._due_texts))
            del self._due_texts[uri]
            await self._intake.read_text(reader, uri)
        elif self._is_walk_due:
            await self._walk(reader)
        else:
            await self._intake.read_files(reader)

    async def _walk(self, reader: Reader) -> None:
        self._is_walk_due = False
        await self._intake.walk(reader)
        for text in self._texts:  # What is ignored may have changed.
            self._due_texts[text.document.uri] = None

    def _is_heap(self) -> bool:
        return len(self._intake.files) > FILES_A_QUESTION

    def _give_up(self) -> None:
        self._intake.files.clear()
        self._due_texts.clear()
        self._is_walk_due = False


def _has_two_cores() -> bool:
    return (os.cpu_count() or 1) > 1
