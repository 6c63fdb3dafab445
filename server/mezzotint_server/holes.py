"""What a place in a text wants to have filled in.

Knows text on both sides of a hole; knows no files, editors or tokens.
"""

from mezzotint_infill.hole import HoleKind


def kind_of(prefix: str, suffix: str) -> HoleKind:
    """Guess from the line around the hole how far a fill may reach."""
    before, after = line_before(prefix), line_after(suffix)
    if after.strip():
        return HoleKind.PART_OF_LINE
    if before.strip():
        return HoleKind.REST_OF_LINE
    return HoleKind.LINE


def line_before(prefix: str) -> str:
    """The hole's own line, up to the hole."""
    return prefix[max(prefix.rfind("\n"), prefix.rfind("\r")) + 1 :]


def line_after(suffix: str) -> str:
    """The hole's own line, from the hole on, without its line break."""
    ends = [end for end in (suffix.find("\n"), suffix.find("\r")) if end >= 0]
    return suffix[: min(ends, default=len(suffix))]
