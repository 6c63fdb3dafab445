"""A cursor in an open document -> the hole that the engine is asked to fill.

Knows documents and their trees; what a hole is, ``holes`` says.
"""

from dataclasses import dataclass

from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_server.documents import Document
from mezzotint_server.holes import Surroundings, surroundings_of, with_line_feeds
from mezzotint_server.trees import Trees


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place before ``document.lines[line][index]``."""

    document: Document
    line: int
    index: int

    def surroundings(self, trees: Trees) -> Surroundings:
        """What is around it; parses, so it is for the thread that the trees have."""
        uri = self.document.uri
        place = len(with_line_feeds(self.document.before(self.line, self.index)))

        def parse(text: str, language: str) -> SourceTree:
            return trees.parse(uri, text, language)

        text = with_line_feeds(self.document.text)
        return surroundings_of(text, Span(place, place), self.document.language, parse)
