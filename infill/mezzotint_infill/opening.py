"""What a block begins with for certain: the line break and the indentation that are not there yet.

Pinned before the hole, so that the model need not guess them, and given back with the fill.
"""

from dataclasses import replace

from mezzotint_infill.hole import Fill, Hole, HoleKind


def opening_of(hole: Hole) -> str:
    """White space between the prefix and a block; nothing where the hole is no block of its own."""
    if hole.kind is not HoleKind.BLOCK or not hole.indent or hole.suffix[:1] not in ("", "\n"):
        return ""
    left = hole.prefix.rpartition("\n")[2]
    if left.strip():
        return f"\n{hole.indent}"
    return hole.indent.removeprefix(left) if hole.indent.startswith(left) else ""


def opened(hole: Hole, opening: str) -> Hole:
    """The hole behind its opening."""
    return replace(hole, prefix=hole.prefix + opening) if opening else hole


def with_opening(fill: Fill, opening: str) -> Fill:
    """The fill with what stands before it; silence stays silence."""
    if not opening or not fill.candidates:
        return fill
    candidates = tuple(replace(one, text=opening + one.text) for one in fill.candidates)
    return replace(fill, text=candidates[0].text, candidates=candidates)
