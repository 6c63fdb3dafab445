"""What there is to see at one moment of a fill, and when to see the next.

Denoising is often faster than eyes: frames are shown no faster than a pace, and the model never
waits for them. Knows no terminal and no picture format.
"""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mezzotint_infill.hole import Draft, Fill, Piece
from mezzotint_server.cli.report import NOTHING_FOUND

_GRAIN = "▒▓░▒▒▓▒░▓▒░▒▓▓▒░"
_GRAIN_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment."""

    pieces: tuple[Piece, ...]
    caption: str

    @property
    def certainty(self) -> float:
        """How far the whole has settled, from 0 to 1."""
        return statistics.fmean(piece.certainty for piece in self.pieces) if self.pieces else 0.0


def noise(tick: int, caption: str = "noise") -> Frame:
    """Before the first draft there is nothing to read, only grain that moves."""
    turn = tick % len(_GRAIN)
    grain = (_GRAIN[turn:] + _GRAIN[:turn])[:_GRAIN_SHOWN]
    return Frame((Piece(grain, 0.0),), caption)


def of_draft(draft: Draft) -> Frame:
    """A step on the way."""
    frame = Frame(draft.pieces, "")
    return Frame(draft.pieces, f"step {draft.step} · {frame.certainty:.0%} certain")


def of_fill(fill: Fill) -> Frame:
    """The end."""
    if not fill.text:
        return Frame((), NOTHING_FOUND)
    return Frame((Piece(fill.text, 1.0),), f"{fill.steps} steps · {fill.ms.denoise:,.0f} ms")


class Playback:
    """The frames so far, each shown for a while. Safe between a thread that adds and one that shows."""

    def __init__(self, pace_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.frames: list[Frame] = []
        self._pace_s = pace_s
        self._clock = clock
        self._shown = -1
        self._next_at = 0.0
        self._lock = threading.Lock()

    def add(self, draft: Draft) -> None:
        """Show this draft when its turn comes."""
        self.frames.append(of_draft(draft))

    def end(self, fill: Fill) -> None:
        """Show this last."""
        self.frames.append(of_fill(fill))

    @property
    def is_over(self) -> bool:
        """Whether every frame has had its turn."""
        return self._shown == len(self.frames) - 1

    def now(self) -> Frame:
        """What is to be seen at this moment."""
        with self._lock:
            time_now = self._clock()
            if not self.is_over and time_now >= self._next_at:
                self._shown += 1
                self._next_at = time_now + self._pace_s
            if self._shown < 0:
                return noise(int(time_now * 12), "waking the model")
            return self.frames[self._shown]
