r"""Line ends: models were trained on ``\n``, files may have others."""

import re
from dataclasses import replace

from mezzotint_infill.hole import Candidate, Fill, Hole

LINE_END = re.compile(r"\r\n|\r|\n")


def with_plain_line_ends(hole: Hole) -> Hole:
    r"""The hole with ``\n`` alone."""
    parts = (hole.prefix, hole.suffix, *(gap.between for gap in hole.further))
    rewrite = hole.rewrite
    if not any("\r" in part for part in parts) and not (rewrite and "\r" in rewrite.text):
        return hole
    return replace(
        hole,
        prefix=_plain(hole.prefix),
        suffix=_plain(hole.suffix),
        further=tuple(replace(gap, between=_plain(gap.between)) for gap in hole.further),
        rewrite=rewrite and replace(rewrite, text=_plain(rewrite.text)),
    )


def with_line_ends_of(hole: Hole, fill: Fill) -> Fill:
    r"""The fill with ``\r\n`` line ends if the file around it has them."""
    if not has_windows_line_ends(hole):
        return fill
    return replace(
        fill,
        text=_windows(fill.text),
        candidates=tuple(map(_windows_candidate, fill.candidates)),
        further=tuple(map(_windows, fill.further)),
    )


def with_line_ends_of_region(hole: Hole, fill: Fill) -> Fill:
    """A rewritten region with the line ends that it had, each where it was."""
    before = hole.rewrite.text if hole.rewrite else ""
    if "\r" not in before:
        return fill
    candidates = tuple(
        replace(one, text=_with_ends_of(before, one.text)) for one in fill.candidates
    )
    return replace(fill, text=_with_ends_of(before, fill.text), candidates=candidates)


def _with_ends_of(before: str, text: str) -> str:
    """Line for line as before: from the start as long as lines are the same, else from the end."""
    ends, old, new = LINE_END.findall(before), _plain(before).split("\n"), text.split("\n")
    missing = len(new) - len(old)
    pairs = zip(old[:-1], new[:-1], strict=False)
    shorter = min(len(old), len(new)) - 1
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), shorter)
    kept = [*ends[:same], *ends[same - min(missing, 0) :]]
    kept[same:same] = ends[:1] * missing
    return "".join(map(str.__add__, new, [*kept, ""]))


def has_windows_line_ends(hole: Hole) -> bool:
    r"""Whether ``\r\n`` stands anywhere in it."""
    parts = (hole.prefix, hole.suffix, *(gap.between for gap in hole.further))
    return any("\r\n" in part for part in parts)


def _windows_candidate(candidate: Candidate) -> Candidate:
    further = tuple(map(_windows, candidate.further))
    return replace(candidate, text=_windows(candidate.text), further=further)


def _windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def _plain(text: str) -> str:
    return LINE_END.sub("\n", text) if "\r" in text else text
