"""What is shown to the model besides the window around the hole, and why.

Values only; where snippets come from and which of them fit is not known here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from mezzotint_grammars.span import Span
from mezzotint_infill import hole

TokenCounter = Callable[[str], int]
"""How many tokens a text takes in the model's prompt."""

CHARACTERS_A_TOKEN = 3
"""Few, so that an estimate is rather too high: code takes 3 to 4."""


class Reason(StrEnum):
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

    @classmethod
    def of(cls, uri: str, text: str, place: Span, window: Span, line: int) -> "Viewpoint":
        """The hole at ``place``, in this line, of a document of which ``window`` is seen."""
        return cls(
            uri,
            text[window.start : place.start],
            text[place.end : window.end],
            line - _breaks(text, window.start, place.start),
            line + _breaks(text, place.start, window.end),
        )

    @property
    def hole_line(self) -> int:
        """The line that the hole begins in."""
        return self.first_line + _breaks(self.before, 0, len(self.before))


def estimated_tokens(text: str) -> int:
    """An estimate by characters, for whoever cannot load the model's tokenizer."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def for_hole(snippets: Iterable[Snippet]) -> tuple[hole.Snippet, ...]:
    """As the engine takes them; what comes from one file in a row is one."""
    return tuple(
        hole.Snippet(path, "\n\n".join(snippet.text for snippet in run))
        for path, run in groupby(snippets, key=lambda snippet: snippet.path)
    )


def _breaks(text: str, start: int, end: int) -> int:
    r"""How many lines end in this piece of ``text``, by ``\n``, ``\r\n`` or ``\r``."""
    returns = text.count("\r", start, end)
    pairs = text.count("\r\n", start, end) if returns else 0
    return text.count("\n", start, end) + returns - pairs
