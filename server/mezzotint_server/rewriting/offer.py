"""An edit that the editor was asked to make, and what became of it.

The editor's own word is not believed: Neovim says that it has applied what its user has turned
down, and what came too late. The following change of the document decides. Knows text only.
"""

from collections.abc import Sequence
from enum import Enum

from mezzotint_grammars.difference import difference
from mezzotint_server.rewriting.hunks import Hunk, with_hunks


class Fate(Enum):
    """What became of an edit."""

    OPEN = "open"
    """The editor says that it has made it; nothing is seen of that yet."""
    APPLIED = "applied"
    OVERTAKEN = "overtaken"
    """The document changed otherwise before the editor had the edit."""
    TURNED_DOWN = "turned down"


class Offer:
    """One edit, from when it is sent."""

    def __init__(self, before: str, hunks: Sequence[Hunk]) -> None:
        self._before = before
        self._hunks = tuple(hunks)
        self._after = with_hunks(before, hunks)
        self._is_answered = False
        self.fate = Fate.OPEN

    def follow(self, text: str) -> None:
        """The document has changed; whoever types on at once has both in one change."""
        if self.fate is not Fate.OPEN or self._is_half_made(text):
            return
        if _distance(self._after, text) < _distance(self._before, text):
            self.fate = Fate.APPLIED
        else:
            self.fate = Fate.TURNED_DOWN if self._is_answered else Fate.OVERTAKEN

    def answer(self, *, says_applied: bool) -> None:
        """The editor has answered."""
        self._is_answered = True
        if self.fate is Fate.OPEN and not says_applied:
            self.fate = Fate.TURNED_DOWN

    def _is_half_made(self, text: str) -> bool:
        """Neovim 0.12 begins with the last hunk, and tells of the others up to 150 ms later."""
        return any(
            text == with_hunks(self._before, self._hunks[made:])
            for made in range(1, len(self._hunks))
        )


def _distance(old: str, new: str) -> int:
    start, end, text = difference(old, new)
    return end - start + len(text)
