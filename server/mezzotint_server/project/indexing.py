"""Keeps the index as the workspace is: in the background, never on the way of a request.

Reading and parsing is done by processes of their own (``reader.py``), one for what comes up, a
second one while there is a heap of files. What happens on the event loop is taking over one
outline at a time. Open texts go before files; a text that is being typed in waits for a pause.
"""

import asyncio
import json
import logging
import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate, islice
from pathlib import Path, PurePath
from typing import Any

from mezzotint_grammars import language_of_path
from mezzotint_server.project.ignored import PATTERN_FILES
from mezzotint_server.project.index import Stamp, WorkspaceIndex
from mezzotint_server.project.readable import MAX_BYTES
from mezzotint_server.project.readers import Reader, ReaderLostError
from mezzotint_server.project.texts import OpenText, OpenTexts

_logger = logging.getLogger(__name__)

PAUSE_S = 0.3
"""So long nothing is typed before a text's outline is made anew."""
FILES_A_QUESTION = 16
BYTES_A_QUESTION = 400_000
IDLE_S = 60.0
"""A reader that nobody asks for so long ends; it is there again in a moment."""
MAX_LOSSES = 10
"""Files that a reader does not survive are left out; after so many, so are all others."""
_UNKNOWN: Stamp = (0, 0)


class Indexing:
    """What is to be read, and who reads it. Needs a running event loop from ``start`` on."""

    def __init__(self, index: WorkspaceIndex, texts: OpenTexts, roots: tuple[Path, ...]) -> None:
        self._index = index
        self._texts = texts
        self._roots = roots
        self._files: dict[str, Stamp] = {}
        self._due_texts: dict[str, None] = {}
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._is_walk_due = bool(roots)
        self._losses = 0
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
        self._roots = roots
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
                self._files[path] = _UNKNOWN
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
                    await asyncio.wait_for(self._news.wait(), IDLE_S if reader.is_running else None)
                except TimeoutError:
                    reader.stop()
        finally:
            reader.stop()

    async def _do_all(self, reader: Reader) -> None:
        helper: asyncio.Task[None] | None = None
        try:
            while self._due_texts or self._is_walk_due or self._files:
                await self._do_next(reader)
                if helper is None and len(self._files) > FILES_A_QUESTION and _has_two_cores():
                    helper = asyncio.create_task(self._help())
            if helper is not None:
                await helper
        finally:
            if helper is not None:
                helper.cancel()

    async def _help(self) -> None:
        reader = Reader()
        try:
            while self._files:
                await self._read_files(reader)
        finally:
            reader.stop()

    async def _do_next(self, reader: Reader) -> None:
        if self._due_texts:
            await self._read_text(reader, next(iter(self._due_texts)))
        elif self._is_walk_due:
            await self._walk(reader)
        else:
            await self._read_files(reader)

    async def _read_text(self, reader: Reader, uri: str) -> None:
        del self._due_texts[uri]
        text = self._texts.get(uri)
        if text is None:
            return
        document = text.document
        source = document.text
        if len(source) > MAX_BYTES:
            source = "\0"  # It is not shown, whatever else it says.
        question = self._question(
            "outline", path=text.path, text=source, language=document.language
        )
        try:
            async for line in reader.ask(question):
                if self._texts.get(uri) is text:  # It may have been closed meanwhile.
                    take_outline(self._index, text, document.version, line)
        except ReaderLostError:
            self._lose(text.key)

    async def _walk(self, reader: Reader) -> None:
        self._is_walk_due = False
        near = [text.path for text in self._texts if text.path is not None]
        found: dict[str, Stamp] = {}
        try:
            async for line in reader.ask(self._question("walk", near=near)):
                found.update((path, (changed, size)) for path, changed, size in json.loads(line))
        except ReaderLostError:
            self._lose("the workspace")
            return
        shown = {text.key for text in self._texts}
        for path in [path for path in self._index.paths() if path not in found]:
            if path not in shown:
                self._index.drop(path)
        self._files = {
            path: stamp
            for path, stamp in found.items()
            if path not in shown and self._index.stamp(path) != stamp
        }
        for text in self._texts:  # What is ignored may have changed.
            self._due_texts[text.document.uri] = None

    async def _read_files(self, reader: Reader) -> None:
        batch = self._next_files()
        unanswered = iter(batch)
        question = self._question("read", paths=[path for path, _ in batch])
        try:
            async for line in reader.ask(question):
                path, stamp = next(unanswered)
                self._take(path, stamp, line)
        except ReaderLostError:
            path, stamp = next(unanswered, ("", _UNKNOWN))
            self._take(path, stamp, b"null\n")
            self._files = {**dict(unanswered), **self._files}
            self._lose(path)

    def _next_files(self) -> list[tuple[str, Stamp]]:
        """Few if they are large, so that two readers are done at the same time."""
        some = list(islice(self._files.items(), FILES_A_QUESTION))
        sizes = accumulate(size for _, (_, size) in some)
        batch = some[: bisect_left(list(sizes), BYTES_A_QUESTION) + 1]
        for path, _ in batch:
            del self._files[path]
        return batch

    def _take(self, path: str, stamp: Stamp, line: bytes) -> None:
        if self._texts.at_path(path) is not None:
            return  # Opened meanwhile: its text is what counts.
        if line != b"null\n":
            self._index.put(path, stamp, line)
        elif stamp == _UNKNOWN:
            self._index.drop(path)
        else:
            self._index.put(path, stamp, b"")

    def _lose(self, what: str) -> None:
        self._losses += 1
        _logger.warning("The reader was lost over %s.", PurePath(what).name)
        if self._losses >= MAX_LOSSES:
            self._give_up()

    def _give_up(self) -> None:
        self._files.clear()
        self._due_texts.clear()
        self._is_walk_due = False

    def _question(self, do: str, **what: Any) -> Mapping[str, Any]:
        return {"do": do, "roots": [str(root) for root in self._roots], **what}


def take_outline(index: WorkspaceIndex, text: OpenText, version: int, line: bytes) -> None:
    """What a reader says of a version of an open text: its outline, or why it is not shown."""
    text.is_shown = line.startswith(b"[")
    text.outlined(version)
    if text.is_shown:
        index.put(text.key, _UNKNOWN, line)
        index.outline(text.key)  # Taken apart now, while nobody waits for it.
    else:
        index.drop(text.key)


def _has_two_cores() -> bool:
    return (os.cpu_count() or 1) > 1
