"""An edit that the editor was asked to make, and what became of it.

The editor's own word is not believed: Neovim says that it has applied what its user has turned
down, and what came too late. The following change of the document decides. Knows text only.
"""

from enum import Enum

from mezzotint_grammars.difference import difference


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

    def __init__(self, before: str, after: str) -> None:
        self._before = before
        self._after = after
        self._is_answered = False
        self.fate = Fate.OPEN

    def follow(self, text: str) -> None:
        """The document has changed; whoever types on at once has both in one change."""
        if self.fate is not Fate.OPEN:
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


def _distance(old: str, new: str) -> int:
    start, end, text = difference(old, new)
    return end - start + len(text)
