"""Places in other open files that look like what is near the hole: many of the same words.

Jaccard over identifiers, window by window. Bounded in how many windows are compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mezzotint_server.project.outline import BLOCK_LINES

WINDOW_BLOCKS = 2
MAX_WINDOWS = 400
"""Compared in all; a comparison takes some 3 µs."""
MIN_LIKENESS = 0.2
A_FILE = 2


@dataclass(frozen=True, slots=True)
class Likeness:
    """A window of some text, and how much it looks like what was asked for, 0 to 1."""

    text: str
    """Which text it is in."""
    first_line: int
    last_line: int
    likeness: float


def similar_windows(
    words: frozenset[str],
    texts: Iterable[tuple[str, tuple[frozenset[str], ...]]],
    kept: frozenset[tuple[str, int]] = frozenset(),
) -> tuple[Likeness, ...]:
    """The best windows of each text, none over another; ``texts`` are names and blocks of words.

    Windows that are ``kept``, by text and first line, are among them whatever they are like.
    """
    left = MAX_WINDOWS
    found: list[Likeness] = []
    for text, blocks in texts:
        windows = list(_windows(words, text, blocks[:left]))
        left -= len(windows)
        old = [window for window in windows if (text, window.first_line) in kept]
        new = [window for window in windows if window.likeness >= MIN_LIKENESS]
        new.sort(key=lambda window: (-window.likeness, window.first_line))
        found += _apart([*old, *new], max(A_FILE, len(old)))
    return tuple(found)


def _windows(
    words: frozenset[str], text: str, blocks: tuple[frozenset[str], ...]
) -> Iterator[Likeness]:
    for first in range(len(blocks)):
        window = frozenset[str]().union(*blocks[first : first + WINDOW_BLOCKS])
        start = first * BLOCK_LINES
        last = start + WINDOW_BLOCKS * BLOCK_LINES - 1
        yield Likeness(text, start, last, _jaccard(words, window))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / max(1, len(one) + len(other) - common)


def _apart(windows: list[Likeness], most: int) -> list[Likeness]:
    """The first ones of which none is over another."""
    kept: list[Likeness] = []
    for window in windows:
        is_free = all(
            window.last_line < other.first_line or other.last_line < window.first_line
            for other in kept
        )
        if is_free and len(kept) < most:
            kept.append(window)
    return kept
