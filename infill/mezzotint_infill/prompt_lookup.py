"""What stands in the file already at places like the hole: copies that may fit here, too.

Code repeats itself. Prompt lookup (https://github.com/apoorvumang/prompt-lookup-decoding) guesses
that what followed the last few tokens before will follow them again; here the suffix has a say as
well: a copy ends where the suffix's first word comes next. A copy is only one more candidate, judged
like those that were denoised.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mezzotint_infill.hole import Hole

ANCHORS = (24, 12, 6, 3, 2)
"""Characters before the hole that must stand before a copy, too; fewer if so many hardly do."""
PLACES = 200
"""At most so many are looked at in each text for each anchor, the nearest first."""
LONGEST_COPY = 160
"""Characters."""
ENOUGH = 40
"""Characters on either side that are compared."""
LEAST, LEAST_BEFORE = 5, 2
"""So many of them must agree, on both sides and before; white space agrees everywhere."""

_FIRST_WORD = re.compile(r"[ \t]*(?:\n|\w+|[^\w\s])")


@dataclass(frozen=True, slots=True)
class Copy:
    """What stands between the same code somewhere else."""

    text: str
    agreement: int
    """How many characters beside it are those beside the hole; white space does not count."""


def look_up(hole: Hole, count: int) -> list[Copy]:
    """The ``count`` copies whose surroundings agree best with the hole's, best first."""
    if not count:
        return []
    found: dict[str, int] = {}
    for anchor in _anchors(hole.prefix):
        for text, place in _places(hole, anchor):
            copy = _copy_at(hole, text, place)
            if copy is not None:
                found[copy.text] = max(copy.agreement, found.get(copy.text, 0))
        if len(found) >= count:
            break
    best = sorted(found.items(), key=lambda item: -item[1])
    return [Copy(text, agreement) for text, agreement in best[:count]]


def _anchors(prefix: str) -> Iterator[str]:
    for size in ANCHORS:
        anchor = prefix[-size:]
        if len(anchor) == size and anchor.strip():
            yield anchor
    line_start = prefix.rfind("\n")
    if line_start >= 0 and not prefix[line_start:].strip():
        yield prefix[line_start:]


def _places(hole: Hole, anchor: str) -> Iterator[tuple[str, int]]:
    """Where a copy may begin: a text, and the place in it right behind the anchor."""
    last = len(hole.prefix) - 1
    for _ in range(PLACES):
        at = hole.prefix.rfind(anchor, 0, last)
        if at < 0:
            break
        last = at + len(anchor) - 1
        yield hole.prefix, at + len(anchor)
    for text in (hole.suffix, *(snippet.text for snippet in hole.snippets)):
        at = -1
        for _ in range(PLACES):
            at = text.find(anchor, at + 1)
            if at < 0:
                break
            yield text, at + len(anchor)


def _copy_at(hole: Hole, text: str, start: int) -> Copy | None:
    """The copy that begins here, if there is enough around it that is around the hole, too."""
    left, own = text[max(0, start - ENOUGH) : start], hole.prefix[-ENOUGH:]
    before = _telling(own[len(own) - _agreement(left[::-1], own[::-1]) :])
    if before < LEAST_BEFORE:
        return None
    best = _best_end(hole, text, start)
    if best is None:
        return None
    end, agreed = best
    copy, agreement = text[start:end], before + _telling(hole.suffix[:agreed])
    return Copy(copy, agreement) if agreement >= LEAST and copy.strip() else None


def _best_end(hole: Hole, text: str, start: int) -> tuple[int, int] | None:
    """Where what follows agrees best with the suffix, and for how many characters."""
    first = _FIRST_WORD.match(hole.suffix)
    head = first.group() if first else "\n"
    stop = min(len(text), start + LONGEST_COPY)
    if hole.kind.is_within_line and (line_end := text.find("\n", start, stop)) >= 0:
        stop = line_end + 1
    ends: list[tuple[int, int]] = []
    end = text.find(head, start, stop)
    while end >= 0:
        ends.append((_agreement(text[end : end + ENOUGH], hole.suffix[:ENOUGH]), -end))
        end = text.find(head, end + 1, stop)
    if not ends:
        return None
    agreed, end = max(ends)
    return -end, agreed


def _telling(text: str) -> int:
    """How many characters say something."""
    return len("".join(text.split()))


def _agreement(one: str, other: str) -> int:
    """How many characters both begin with."""
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return number
    return min(len(one), len(other))
