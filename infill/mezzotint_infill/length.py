"""How many tokens a hole gets: the seam, and the first policy.

Nobody knows the length of the middle, and a wrong one is the error that dominates all others; so
several are denoised in one batch and judged together (``score.py``).
"""

from dataclasses import dataclass
from typing import Protocol

from mezzotint_infill.hole import HoleKind

WITHIN_LINE = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12)
ACROSS_LINES = (2, 4, 6, 8, 10, 12, 15, 18, 22, 26, 30)
STARTS = 4
"""Canvases of a told length that begin as different noise; what comes of them often differs."""


class LengthPolicy(Protocol):
    """Which lengths are tried, and how many of them to the end."""

    @property
    def name(self) -> str:
        """In words, for people: ``auto: 1, 2, 4``."""
        ...

    @property
    def survey_steps(self) -> int:
        """After so many steps all but the best are left out; 0 for never."""
        ...

    @property
    def finalists(self) -> int:
        """How many go on after the survey."""
        ...

    def lengths(self, kind: HoleKind, longest: int) -> tuple[int, ...]:
        """One or more lengths in tokens, each from 1 to ``longest``; some may be there again."""
        ...


@dataclass(frozen=True, slots=True)
class ToldLength:
    """The length that somebody asked for."""

    length: int
    starts: int = STARTS
    survey_steps: int = 0

    @property
    def finalists(self) -> int:
        return self.starts

    @property
    def name(self) -> str:
        return f"told: {self.length}"

    def lengths(self, kind: HoleKind, longest: int) -> tuple[int, ...]:
        return (min(self.length, longest),) * self.starts


@dataclass(frozen=True, slots=True)
class LengthGrid:
    """A fixed grid for each kind of hole, dense where most middles lie."""

    within_line: tuple[int, ...] = WITHIN_LINE
    across_lines: tuple[int, ...] = ACROSS_LINES
    survey_steps: int = 1
    finalists: int = 4

    @property
    def name(self) -> str:
        return "auto"

    def lengths(self, kind: HoleKind, longest: int) -> tuple[int, ...]:
        grid = self.within_line if kind.is_within_line else self.across_lines
        return tuple(length for length in grid if length <= longest) or (longest,)
