"""Asks readers and takes their answers over into the index, one outline at a time.

Knows what files are still to be read, and which of them readers do not survive; when to read what
is decided elsewhere (``indexing.py``).
"""

import json
import logging
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate, islice
from pathlib import Path, PurePath
from typing import Any

from mezzotint_server.project.index import Stamp, WorkspaceIndex
from mezzotint_server.project.readable import MAX_BYTES
from mezzotint_server.project.readers import Reader, ReaderLostError
from mezzotint_server.project.texts import OpenText, OpenTexts
from mezzotint_server.project.wire import is_outline

_logger = logging.getLogger(__name__)

FILES_A_QUESTION = 32
BYTES_A_QUESTION = 400_000
QUESTIONS_LEFT = 8
"""So many at least, as long as there are files for them."""
MAX_LOSSES = 10
"""Files that a reader does not survive are left out; after so many, so are all others."""
UNKNOWN: Stamp = (0, 0)
"""Of what no walk has found."""


class Intake:
    """What comes from readers; several may be at work on the files at a time.

    Raises :class:`ReaderLostError` when so many were lost that nothing more is worth a try.
    """

    def __init__(self, index: WorkspaceIndex, texts: OpenTexts) -> None:
        self.roots: tuple[Path, ...] = ()
        self.files: dict[str, Stamp] = {}
        """What is to be read, in this order."""
        self._index = index
        self._texts = texts
        self._losses = 0

    async def read_text(self, reader: Reader, uri: str) -> None:
        """Take over the outline of a text, if it is open."""
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

    async def walk(self, reader: Reader) -> None:
        """Find the files that are there; those that are new or have changed are to be read."""
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
        self.files = {
            path: stamp
            for path, stamp in found.items()
            if path not in shown and self._index.stamp(path) != stamp
        }

    async def read_files(self, reader: Reader) -> None:
        """Take over the outlines of the next few files."""
        batch = self._next_files()
        unanswered = iter(batch)
        found = [path for path, stamp in batch if stamp != UNKNOWN]
        question = self._question("read", paths=[path for path, _ in batch], found=found)
        try:
            async for line in reader.ask(question):
                path, stamp = next(unanswered)
                self._take(path, stamp, line)
        except ReaderLostError:
            path, stamp = next(unanswered, ("", UNKNOWN))
            self._take(path, stamp, b"null\n")
            self.files = {**dict(unanswered), **self.files}
            self._lose(path)

    def _next_files(self) -> list[tuple[str, Stamp]]:
        """Fewer if they are large or the last ones, so that all readers are done at the same time."""
        count = min(FILES_A_QUESTION, max(2, len(self.files) // QUESTIONS_LEFT))
        some = list(islice(self.files.items(), count))
        sizes = accumulate(size for _, (_, size) in some)
        batch = some[: bisect_left(list(sizes), BYTES_A_QUESTION) + 1]
        for path, _ in batch:
            del self.files[path]
        return batch

    def _take(self, path: str, stamp: Stamp, line: bytes) -> None:
        if self._texts.at_path(path) is not None:
            return  # Opened meanwhile: its text is what counts.
        if line != b"null\n":
            self._index.put(path, stamp, line)
        elif stamp == UNKNOWN:
            self._index.drop(path)
        else:
            self._index.put(path, stamp, b"")

    def _lose(self, what: str) -> None:
        self._losses += 1
        _logger.warning("The reader was lost over %s.", PurePath(what).name)
        if self._losses >= MAX_LOSSES:
            raise ReaderLostError

    def _question(self, do: str, **what: Any) -> Mapping[str, Any]:
        return {"do": do, "roots": [str(root) for root in self.roots], **what}


def take_outline(index: WorkspaceIndex, text: OpenText, version: int, line: bytes) -> None:
    """What a reader says of a version of an open text: its outline, or why it is not shown."""
    text.is_shown = is_outline(line)
    text.outlined(version)
    if text.is_shown:
        index.put(text.key, UNKNOWN, line)
        if (outline := index.outline(text.key)) is not None:
            outline.group()  # Now, while nobody waits for it.
    else:
        index.drop(text.key)
