"""A cursor in an open document -> the hole that the engine is asked to fill.

Knows documents, their trees and the project around them; what a hole is, ``holes`` says.
"""

from dataclasses import dataclass, replace

from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_infill.hole import Hole
from mezzotint_server.documents import Document
from mezzotint_server.holes import Surroundings, surroundings_of, with_line_feeds
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import Snippet, Viewpoint, for_hole
from mezzotint_server.trees import Trees

SNIPPET_TOKENS = 1_500
"""How much of the rest of the project goes with a hole; the engine takes what its model can."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place before ``document.lines[line][index]``."""

    document: Document
    line: int
    index: int

    def surroundings(self, trees: Trees) -> Surroundings:
        """What is around it; parses, so it is for the trees to run."""
        uri, text = self.document.uri, self.document.text
        place = self.document.offset(self.line, self.index)
        if "\r" in text:
            place, text = len(with_line_feeds(text[:place])), with_line_feeds(text)

        def parse(text: str, language: str) -> SourceTree:
            return trees.parse(uri, text, language)

        language, tokens = self.document.language, trees.long_tokens(uri)
        return surroundings_of(text, Span(place, place), language, parse, tokens)


async def hole_while_typing(cursor: Cursor, trees: Trees, project: Project) -> Hole | None:
    """The hole at the cursor of somebody who types; nothing where none is wanted."""
    around = await trees.run_soon(lambda: cursor.surroundings(trees))
    hole = around.hole_while_typing()
    return _with_snippets(hole, around, cursor, project) if hole else None


async def hole_asked_for(cursor: Cursor, trees: Trees, project: Project) -> Hole:
    """The hole at the cursor of somebody who wants a fill there."""
    around = await trees.run_soon(lambda: cursor.surroundings(trees))
    return _with_snippets(around.hole_asked_for(), around, cursor, project)


def snippets_for(
    around: Surroundings, uri: str, line: int, project: Project
) -> tuple[Snippet, ...]:
    """What is worth knowing of the rest of the project, in the order to show it.

    The document's ``line``, counted from 0, is the one that the hole begins in.
    """
    window = Span(around.window.start, around.window.end)
    view = Viewpoint.of(uri, around.text, around.place, window, line)
    return project.snippets(view, SNIPPET_TOKENS)


def _with_snippets(hole: Hole, around: Surroundings, cursor: Cursor, project: Project) -> Hole:
    snippets = snippets_for(around, cursor.document.uri, cursor.line, project)
    return replace(hole, snippets=for_hole(snippets))
