"""What is shown to the model besides the window around the hole, and why.

Values only; where snippets come from and which of them fit is not known here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

TokenCounter = Callable[[str], int]
"""How many tokens a text takes in the model's prompt."""

CHARACTERS_A_TOKEN = 3
"""Few, so that an estimate is rather too high: code takes 3 to 4."""


class Reason(Enum):
    """Why a snippet is there. In the order that they are shown: what changes least comes first."""

    IMPORTED = "imported here"
    SAME_FILE = "elsewhere in this file"
    USED = "used near the hole"
    SIMILAR = "looks like what is near the hole"
    EDITED = "edited lately"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the project, as the model sees it."""

    path: str
    """As people call it: relative to the workspace where it is in it."""
    first_line: int
    """Counted from 0."""
    last_line: int
    reason: Reason
    text: str
    """Line feeds alone, none at the end. Of definitions it is the signature, not the body."""
    tokens: int


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where the hole is, and how much of its document the model sees anyway."""

    uri: str
    before: str
    """The window's text before the hole, of any line breaks."""
    after: str
    """The window's text after the hole."""
    first_line: int
    """The document's line that the window begins in, counted from 0."""
    last_line: int
    """The document's line that the window ends in."""

    @property
    def hole_line(self) -> int:
        """The line that the hole begins in."""
        breaks = self.before.count("\n") + self.before.count("\r") - self.before.count("\r\n")
        return self.first_line + breaks


def estimated_tokens(text: str) -> int:
    """An estimate by characters, for whoever cannot load the model's tokenizer."""
    return -(-len(text) // CHARACTERS_A_TOKEN)
