"""The open documents as the project sees them, and where in them somebody has been at work.

An outline is made a moment after a change; until the next one is there, the lines that have come
and gone since are counted. Knows no files and no processes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mezzotint_server.documents import Document

MERGED_LINES = 8
"""Two edits that are no further apart are one."""
MAX_PLACES = 8


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines ``first`` to ``last`` have become lines ``first`` to ``new_last``."""

    first: int
    last: int
    new_last: int

    @property
    def shift(self) -> int:
        return self.new_last - self.last


@dataclass(slots=True)
class OpenText:
    """One open document."""

    document: Document
    path: str | None
    """Where it is stored; ``None`` for one that is not."""
    is_shown: bool = False
    """Whether any of it may be shown elsewhere; not before that is found out."""
    outlined_version: int | None = None
    edits: list[tuple[int, LineEdit]] = field(default_factory=list[tuple[int, LineEdit]])
    """Since the version that its outline is of, each with the version that it led to."""

    @property
    def key(self) -> str:
        """What it is called in the index."""
        return self.path or self.document.uri

    def outlined(self, version: int) -> None:
        """Take note that its outline is of this version."""
        self.outlined_version = version
        self.edits = [(led_to, edit) for led_to, edit in self.edits if led_to > version]

    def line_now(self, line: int) -> int:
        """Where a line of its outline is by now."""
        for _, edit in self.edits:
            if line > edit.last:
                line += edit.shift
            elif line > edit.new_last:
                line = edit.new_last
        return line

    def lines_then(self, first: int, last: int) -> range:
        """The lines of its outline that are between these two lines by now."""
        lines = range(len(self.document.lines) - sum(edit.shift for _, edit in self.edits))
        return range(
            bisect_left(lines, first, key=self.line_now),
            bisect_right(lines, last, key=self.line_now),
        )

    def excerpt(self, first: int, last: int) -> str:
        """These lines and all between, without the last one's line break."""
        lines = self.document.lines[max(0, first) : last + 1]
        return "".join(lines).replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


@dataclass(frozen=True, slots=True)
class EditedPlace:
    """Some lines of a document that were edited lately."""

    uri: str
    first: int
    last: int

    def touches(self, uri: str, first: int, last: int) -> bool:
        return (
            self.uri == uri
            and self.first <= last + MERGED_LINES
            and first <= self.last + MERGED_LINES
        )

    def moved(self, edit: LineEdit) -> "EditedPlace":
        """The place after an edit that does not touch it."""
        by = edit.shift if self.first > edit.last else 0
        return EditedPlace(self.uri, self.first + by, self.last + by)


class OpenTexts:
    """All open documents by their URI, the one that was looked at last comes last."""

    def __init__(self) -> None:
        self._texts: dict[str, OpenText] = {}
        self._uris: dict[str, str] = {}
        self._edited: tuple[EditedPlace, ...] = ()

    def __iter__(self) -> Iterator[OpenText]:
        return iter(self._texts.values())

    def get(self, uri: str) -> OpenText | None:
        return self._texts.get(uri)

    def at_path(self, path: str) -> OpenText | None:
        uri = self._uris.get(path)
        return None if uri is None else self._texts.get(uri)

    @property
    def edited_places(self) -> tuple[EditedPlace, ...]:
        """The latest one last."""
        return self._edited

    def open(self, document: Document, path: str | None) -> OpenText:
        self._texts.pop(document.uri, None)
        text = self._texts[document.uri] = OpenText(document, path)
        if path is not None:
            self._uris[path] = document.uri
        return text

    def change(self, document: Document, edits: Iterable[LineEdit]) -> OpenText | None:
        """Follow edits, each in the lines that the last one left; ``None`` if it is not open."""
        text = self._texts.pop(document.uri, None)
        if text is None:
            return None
        self._texts[document.uri] = text
        text.document = document
        for edit in edits:
            if edit.shift:  # Others leave every line where it is, and there is one for each key.
                text.edits.append((document.version, edit))
            self._note(document.uri, edit)
        return text

    def close(self, uri: str) -> OpenText | None:
        """Forget it, and its places."""
        self._edited = tuple(place for place in self._edited if place.uri != uri)
        text = self._texts.pop(uri, None)
        if text is not None and text.path is not None:
            self._uris.pop(text.path, None)
        return text

    def _note(self, uri: str, edit: LineEdit) -> None:
        first, last = edit.first, edit.new_last
        others: list[EditedPlace] = []
        for place in self._edited:
            if place.touches(uri, edit.first, edit.last):
                first = min(first, place.first)
                last = max(last, place.last + edit.shift)
            else:
                others.append(place.moved(edit) if place.uri == uri else place)
        self._edited = (*others, EditedPlace(uri, first, last))[-MAX_PLACES:]
