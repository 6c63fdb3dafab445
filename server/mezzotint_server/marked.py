"""What an editor's user has marked, as spans of the document's text; what cannot be, with a sentence.

All offsets count characters of the text with line feeds alone, which is what the engine sees.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lsprotocol import types

from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_server.documents import Document
from mezzotint_server.holes import with_line_feeds
from mezzotint_server.positions import PositionEncoding, column_of, index_of


class RefusedError(Exception):
    """Something cannot be done; ``str(error)`` is a sentence for the user."""


@dataclass(frozen=True)
class Text:
    """One version of a document with line feeds alone, and the way between its offsets and places."""

    document: Document
    text: str
    starts: tuple[int, ...]
    """Where each line does."""

    @classmethod
    def of(cls, document: Document) -> "Text":
        lines = (len(with_line_feeds(line)) for line in document.lines)
        text = with_line_feeds(document.text)
        return cls(document, text, tuple(accumulate(lines, initial=0))[:-1])

    def span(self, marked: types.Range) -> Span:
        """Raises :class:`RefusedError` for what is not there, or not a whole number of characters."""
        first, last = (self._offset(place) for place in (marked.start, marked.end))
        return Span(min(first, last), max(first, last))

    def range(self, span: Span) -> types.Range:
        """How the editor writes a span."""
        return types.Range(self._position(span.start), self._position(span.end))

    def line_of(self, offset: int) -> int:
        """Counted from 0."""
        return bisect_right(self.starts, offset) - 1

    def own(self, text: str) -> str:
        """A text with the line breaks that the document has."""
        return text.replace("\n", self.document.line_break)

    def _offset(self, position: types.Position) -> int:
        if not self.document.has_line(position.line):
            raise RefusedError(
                f"There is no line {position.line + 1} in the document, which ends with line"
                f" {len(self.document.lines)}."
            )
        line, index = self.document.place(position)
        content = self.document.lines[line].rstrip("\r\n")
        if _is_cut(content, position.character, self.document.encoding):
            raise RefusedError(
                f"Line {line + 1} cannot be cut at column {position.character + 1}: that is in the"
                " middle of a character."
            )
        return self.starts[line] + index

    def _position(self, offset: int) -> types.Position:
        line = self.line_of(offset)
        return self.document.position(line, offset - self.starts[line])


def apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order. Raises :class:`RefusedError` if two of them overlap or touch."""
    ordered = tuple(sorted(spans))
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise RefusedError("Two of the places overlap; each has to be filled on its own.")
        if after.start == before.end:
            raise RefusedError("Two of the places touch each other; make them one.")
    return ordered


def region_of(tree: SourceTree, marked: Span) -> Span | None:
    """What is to be rewritten: what is marked, or the statement or definition around a cursor.

    Without white space at its ends. Nothing where there is nothing.
    """
    if marked.start < marked.end:
        return trimmed(tree.text, marked)
    around = tree.enclosing_statement(marked.start) or tree.enclosing_definition(marked.start)
    return trimmed(tree.text, around) if around else None


def scope_of(tree: SourceTree, marked: Span) -> Span:
    """Where placeholders are looked for: what is marked, or the definition around a cursor."""
    if marked.start < marked.end:
        return marked
    around = tree.enclosing_definition(marked.start) or tree.enclosing_statement(marked.start)
    return around or marked


def trimmed(text: str, span: Span) -> Span | None:
    """A span without white space at its ends; nothing if there is nothing else."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    end = span.end - len(piece) + len(piece.rstrip())
    return Span(start, end) if start < end else None


def _is_cut(content: str, column: int, encoding: PositionEncoding) -> bool:
    index = index_of(content, column, encoding)
    return index < len(content) and column_of(content, index, encoding) != column
