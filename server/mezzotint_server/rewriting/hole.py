"""Places of a document that are to be rewritten or filled -> the hole that the engine is asked about.

Knows documents, their trees and the project around them; not what somebody wants of the places.
"""

from collections.abc import Sequence
from dataclasses import replace

from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_infill.hole import Hole, HoleKind, Rewrite, hole_of_spans
from mezzotint_server.cursor import snippets_for
from mezzotint_server.holes import LINES_ASKED_FOR, Surroundings, surroundings_of
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import for_hole
from mezzotint_server.rewriting.marked import Text
from mezzotint_server.trees import Trees


async def hole_to_rewrite(
    text: Text, span: Span, rewrite: Rewrite, trees: Trees, project: Project
) -> Hole:
    """The hole in which a region stands that is to be changed."""
    around = await _surroundings(text, span, trees)
    return _with_snippets(replace(around.region(), rewrite=rewrite), around, text, project)


async def hole_with_gaps(text: Text, spans: Sequence[Span], trees: Trees, project: Project) -> Hole:
    """The hole whose gaps are these places, which are in order and apart."""
    around = await _surroundings(text, Span(spans[0].start, spans[-1].end), trees)
    window = around.window
    inside = [span.shifted(-window.start) for span in spans]
    hole = hole_of_spans(
        text.text[window.start : window.end],
        inside,
        around.language,
        [_kind(text.text, span) for span in spans],
    )
    hole = replace(
        hole,
        indent=around.edges.indent,
        lines=1 if hole.kind.is_within_line else LINES_ASKED_FOR,
        offset=window.start,
    )
    return _with_snippets(hole, around, text, project)


def _kind(text: str, span: Span) -> HoleKind:
    """How far the fill of a gap may reach: lines of its own, a line's rest, or a part of it."""
    left = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    end = text.find("\n", span.end)
    right = text[span.end : len(text) if end < 0 else end]
    if right.strip():
        return HoleKind.REGION if right.strip()[0] in ")]}" else HoleKind.PART_OF_LINE
    return HoleKind.REST_OF_LINE if left.strip() else HoleKind.BLOCK


async def _surroundings(text: Text, span: Span, trees: Trees) -> Surroundings:
    uri, language = text.document.uri, text.document.language

    def parse(piece: str, language: str) -> SourceTree:
        return trees.parse(uri, piece, language)

    tokens = trees.long_tokens(uri)
    return await trees.run(lambda: surroundings_of(text.text, span, language, parse, tokens))


def _with_snippets(hole: Hole, around: Surroundings, text: Text, project: Project) -> Hole:
    line = text.line_of(around.place.start)
    snippets = snippets_for(around, text.document.uri, line, project)
    return replace(hole, snippets=for_hole(snippets))
