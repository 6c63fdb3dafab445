r"""The open documents, as the editor has them this very moment.

Lines end where LSP says: at ``\n``, ``\r\n`` or ``\r``, and nowhere else. ``str.splitlines``
also breaks at form feeds and at U+0085, U+2028 and others; an edit that comes after one of those
would land on the wrong line. Nothing here knows languages or holes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lsprotocol import types

from mezzotint_server.lines import Lines, cut_lines, split_lines
from mezzotint_server.positions import PositionEncoding, column_of, index_of


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an open document. An edit makes a new one; this one stays as it was."""

    uri: str
    language: str
    """An LSP language identifier."""
    version: int
    lines: Lines
    """Each with the line break that ends it. There is always a last line, empty or not."""
    encoding: PositionEncoding

    @property
    def text(self) -> str:
        return self.lines.text

    @property
    def line_break(self) -> str:
        """What ends its lines, going by the first one."""
        return self.lines[0][len(_content(self.lines[0])) :] or "\n"

    def has_line(self, line: int) -> bool:
        return line < len(self.lines)

    def place(self, position: types.Position) -> tuple[int, int]:
        """The line, and the index into it, that ``position`` means.

        A position past the end of its line means that end, before the line break; one past the
        last line means the end of the document.
        """
        if not self.has_line(position.line):
            return len(self.lines) - 1, len(self.lines[-1])
        return position.line, index_of(
            _content(self.lines[position.line]), position.character, self.encoding
        )

    def position(self, line: int, index: int) -> types.Position:
        """How the editor writes the place before ``lines[line][index]``."""
        return types.Position(line, column_of(self.lines[line], index, self.encoding))

    def offset(self, line: int, index: int) -> int:
        """How many characters of the text are before ``lines[line][index]``."""
        return self.lines.chars_before(line) + index

    def end_of(self, change: types.TextDocumentContentChangePartial) -> tuple[int, int]:
        """The place behind what the last edit put in; this is the document after it."""
        line, index = min(map(self.place, (change.range.start, change.range.end)))
        *whole, last = cut_lines(change.text)
        line = min(line + len(whole), len(self.lines) - 1)
        index = len(last) if whole else index + len(last)
        return line, min(index, len(_content(self.lines[line])))

    def edited(self, change: types.TextDocumentContentChangeEvent) -> "Document":
        """The document after one edit, with the same version."""
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return replace(self, lines=split_lines(change.text))
        (first, start), (last, end) = sorted(
            (self.place(change.range.start), self.place(change.range.end))
        )
        changed = self.lines[first][:start] + change.text + self.lines[last][end:]
        if first > 0 and self.lines[first - 1].endswith("\r") and changed.startswith("\n"):
            # The edit put a line feed behind a lone carriage return: both are one break now.
            first -= 1
            changed = self.lines[first] + changed
        pieces = cut_lines(changed)
        if last + 1 < len(self.lines):
            # ``changed`` ends in the break of ``lines[last]``; the line behind that is there.
            pieces.pop()
        return replace(self, lines=self.lines.replaced(first, last + 1, pieces))


class Documents:
    """All open documents of one editor, by their URI."""

    def __init__(self, encoding: PositionEncoding = PositionEncoding.UTF_16) -> None:
        self.encoding = encoding
        self._open: dict[str, Document] = {}

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def open(self, item: types.TextDocumentItem) -> None:
        self._open[item.uri] = Document(
            item.uri, item.language_id, item.version, split_lines(item.text), self.encoding
        )

    def change(
        self, uri: str, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]
    ) -> None:
        """Apply ``changes`` one after the other; each one's range is in the text the last left."""
        document = self._open.get(uri)
        if document is None:
            return
        for change in changes:
            document = document.edited(change)
        self._open[uri] = replace(document, version=version)

    def close(self, uri: str) -> None:
        self._open.pop(uri, None)


def _content(line: str) -> str:
    """``line`` without its line break."""
    return line.rstrip("\r\n")
