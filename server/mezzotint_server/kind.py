"""How far a fill may reach, decided from the edges of a hole and from who wants it.

The one rule for the command line and for editors. Knows no syntax: what is around the hole, the
edges say.
"""

from mezzotint_grammars.edges import Edges
from mezzotint_grammars.zones import Zone
from mezzotint_infill.hole import HoleKind


def kind_asked_for(edges: Edges) -> HoleKind:
    """The kind of hole where somebody asks for a fill."""
    if edges.opens_block:
        return HoleKind.BLOCK
    if edges.right.strip():
        return HoleKind.PART_OF_LINE
    return HoleKind.REST_OF_LINE if edges.left.strip() else HoleKind.LINE


def kind_while_typing(edges: Edges) -> HoleKind | None:
    """The kind of hole where somebody types; ``None`` where it would only be in the way.

    That is inside of a word, and before the words that follow in a comment or a string.
    """
    is_in_word = bool(edges.word_before and edges.word_after)
    is_in_prose = edges.zone is not Zone.CODE and edges.is_before_code
    return None if is_in_word or is_in_prose else kind_asked_for(edges)
