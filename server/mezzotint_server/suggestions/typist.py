"""How long this typist's pauses are between two keys, and when a longer one has begun.

To ask a model between two keys of a word is for nothing. Knows times alone: no keys, no documents.
"""

PAUSE_S = 1.0
"""Who has not typed for this long was thinking; that says nothing about their typing."""
WEIGHT = 0.15
"""How much the last gap counts against all before."""
FIRST_GUESS_S = 0.15
MARGIN = 1.25
"""Gaps are of different lengths; most are shorter than this many times the mean."""


class Typist:
    """One person at one editor. All times are in seconds, of a clock that never goes back."""

    def __init__(self) -> None:
        self.gap_s = FIRST_GUESS_S
        """The mean gap between two keys, as far as it is known."""
        self._last: float | None = None

    def key(self, now: float) -> None:
        """Something was typed."""
        if self._last is not None and (gap := now - self._last) < PAUSE_S:
            self.gap_s += WEIGHT * (gap - self.gap_s)
        self._last = now

    def wait_s(self, now: float, at_least: float, at_most: float) -> float:
        """How long it still is until the pause after the last key is no gap between two keys.

        Nothing for somebody who has not typed.
        """
        if self._last is None:
            return 0.0
        pause = min(max(MARGIN * self.gap_s, at_least), max(at_most, at_least))
        return max(0.0, self._last + pause - now)
