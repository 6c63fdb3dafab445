"""A place in a text -> the hole that the engine is asked to fill.

The one way for editors and for the command line. Knows text, and no documents or files; parses
with whatever it is given, so that somebody may keep trees.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mezzotint_grammars.edges import Edges, edges_of
from mezzotint_grammars.long_tokens import LongTokens
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_grammars.window import Reach, Window, window_around
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_server.kind import kind_asked_for, kind_while_typing

SHOWN = Reach(before=24_000, after=12_000)
"""Characters that the engine gets: more than any model's window takes today."""
PARSED = Reach(before=2_500, after=1_250)
"""Characters that tell what the hole is: a change to them is parsed in a millisecond."""
LINES_WHILE_TYPING = 12
"""What nobody has asked for should be read at a glance."""
LINES_ASKED_FOR = 40

Parse = Callable[[str, str], SourceTree]
"""From a text and its language to its tree."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around a place that wants text. All offsets count characters of the text."""

    text: str
    """All of it, with line feeds alone."""
    place: Span
    """Empty if it is a cursor."""
    language: str
    edges: Edges
    window: Window
    """What the engine gets of the text."""

    @property
    def first_line(self) -> int:
        """The line that the window begins in, counted from 0."""
        return self.text.count("\n", 0, self.window.start)

    def hole_while_typing(self) -> Hole | None:
        """The hole at the cursor of somebody who types; nothing where none is wanted."""
        kind = kind_while_typing(self.edges)
        return self._hole(kind, LINES_WHILE_TYPING) if kind else None

    def hole_asked_for(self) -> Hole:
        """The hole at the cursor of somebody who wants a fill there."""
        return self._hole(kind_asked_for(self.edges), LINES_ASKED_FOR)

    def region(self) -> Hole:
        """The hole that takes the place of what somebody has marked."""
        return self._hole(HoleKind.REGION, None)

    def _hole(self, kind: HoleKind, lines: int | None) -> Hole:
        return Hole(
            prefix=self.text[self.window.start : self.place.start],
            suffix=self.text[self.place.end : self.window.end],
            language=self.language,
            kind=kind,
            indent=self.edges.indent,
            lines=1 if kind.is_within_line else lines,
            offset=self.window.start,
        )


def surroundings_of(
    text: str,
    place: Span,
    language: str,
    parse: Parse = SourceTree.parse,
    tokens: LongTokens | None = None,
) -> Surroundings:
    """What is around a place in a text with line feeds alone; ``tokens`` are that text's."""
    tokens = tokens or LongTokens()
    window = window_around(text, place, language, SHOWN, tokens)
    near = window_around(text, place, language, PARSED, tokens)
    edges = edges_of(parse(text[near.start : near.end], language), place.shifted(-near.start))
    if edges.block_end is not None:
        edges = replace(edges, block_end=edges.block_end + near.start)
    return Surroundings(text, place, language, edges, window)


def with_line_feeds(text: str) -> str:
    r"""The text as the engine sees it, whatever breaks its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
