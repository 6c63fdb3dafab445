"""What the line around a hole says about how far a fill may reach.

The one rule for the command line and for editors. Knows a line of text and no syntax.
"""

from mezzotint_infill.hole import HoleKind


def kind_of(left: str, right: str) -> HoleKind:
    """The kind of hole between the two halves of a line; a line break at its end is no matter."""
    if right.strip():
        return HoleKind.PART_OF_LINE
    return HoleKind.REST_OF_LINE if left.strip() else HoleKind.LINE
