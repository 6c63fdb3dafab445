"""What an editor's user has marked, as spans of the document's text; what cannot be, with a sentence.

All offsets count characters of the text with line feeds alone, which is what the engine sees.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lsprotocol import types

from mezzotint_grammars.long_tokens import LongTokens
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_grammars.window import window_around
from mezzotint_server.documents import Document
from mezzotint_server.holes import SHOWN, with_line_feeds
from mezzotint_server.positions import PositionEncoding, column_of, index_of

_Way = Callable[[SourceTree, int], Span | None]
_SMALLEST: Sequence[_Way] = (SourceTree.enclosing_statement, SourceTree.enclosing_definition)
_LARGEST: Sequence[_Way] = (SourceTree.enclosing_definition, SourceTree.enclosing_statement)


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
        own = document.text
        text = with_line_feeds(own)
        lines = document.lines if text is own else map(with_line_feeds, document.lines)
        return cls(document, text, tuple(accumulate(map(len, lines), initial=0))[:-1])

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


@dataclass(frozen=True)
class Vicinity:
    """The code around what is marked, as much of a long document as anybody looks at."""

    tree: SourceTree
    start: int
    """Where its text does, in the document's."""

    @classmethod
    def of(cls, text: Text, marked: Span, tokens: LongTokens | None = None) -> "Vicinity":
        """Parses, so it is for the thread that the trees have; ``tokens`` are the document's."""
        language = text.document.language
        window = window_around(text.text, marked, language, SHOWN, tokens)
        return cls(SourceTree.parse(text.text[window.start : window.end], language), window.start)

    def region(self, marked: Span) -> Span | None:
        """What is to be rewritten: what is marked, or the statement or definition at a cursor.

        Without white space at its ends. Nothing where there is nothing.
        """
        around = marked if marked.start < marked.end else self._around(marked.start, _SMALLEST)
        inside = trimmed(self.tree.text, around.shifted(-self.start)) if around else None
        return inside.shifted(self.start) if inside else None

    def placeholders(self, marked: Span) -> tuple[Span, ...]:
        """Those in what is marked, or in the definition or statement at a cursor."""
        is_cursor = marked.start == marked.end
        scope = self._around(marked.start, _LARGEST) if is_cursor else marked
        found = self.tree.placeholders(scope.shifted(-self.start)) if scope else ()
        return tuple(span.shifted(self.start) for span in found)

    def _around(self, offset: int, ways: Sequence[_Way]) -> Span | None:
        found = (way(self.tree, offset - self.start) for way in ways)
        return next((span.shifted(self.start) for span in found if span), None)


def trimmed(text: str, span: Span) -> Span | None:
    """A span without white space at its ends; nothing if there is nothing else."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    end = span.end - len(piece) + len(piece.rstrip())
    return Span(start, end) if start < end else None


def _is_cut(content: str, column: int, encoding: PositionEncoding) -> bool:
    index = index_of(content, column, encoding)
    return index < len(content) and column_of(content, index, encoding) != column
