"""What goes in and what comes out: a hole, its drafts, its fill.

Plain text and numbers only; nothing here knows tokens, tensors, editors or files.
"""

from dataclasses import dataclass, field
from enum import Enum


class HoleKind(Enum):
    """How much of a file a hole may take up."""

    PART_OF_LINE = "part of a line"
    """Code follows on the same line; the fill stays before it."""

    REST_OF_LINE = "rest of a line"
    """From the cursor to the end of the line."""

    LINE = "line"
    """A whole line, the line break after it already there."""

    BLOCK = "block"
    """Several whole lines."""

    REGION = "region"
    """A stretch that someone marked, of any shape."""

    @property
    def is_within_line(self) -> bool:
        """Whether a line break would be outside what was asked for."""
        return self in (HoleKind.PART_OF_LINE, HoleKind.REST_OF_LINE, HoleKind.LINE)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code from another place of the project."""

    path: str
    """As people call the file."""
    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A place between two pieces of code that wants text.

    ``prefix`` and ``suffix`` are the file on either side of the hole, or as much of it as the
    caller thinks worth showing; the engine takes the windows that fit its model.
    """

    prefix: str
    suffix: str
    language: str = "python"
    """An LSP language identifier."""
    kind: HoleKind = HoleKind.REGION
    snippets: tuple[Snippet, ...] = ()
    """What else is worth knowing, what changes least first; a model may have no room for it."""
    indent: str = ""
    """The white space that lines of the fill begin with; the prefix has some or all of the first."""
    lines: int | None = None
    """The most lines that a fill may have, if there is a limit."""
    offset: int = 0
    """How many characters of the file there are before ``prefix``."""


class StopReason(Enum):
    """Why denoising ended."""

    SETTLED = "settled"
    """The free positions were stable and confident."""
    STEPS = "steps"
    """The step limit was reached."""
    DEADLINE = "deadline"
    """Time was up; the fill is the best draft so far."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One token's text in a draft."""

    text: str
    certainty: float
    """From 0 (noise) to 1 (settled): ``exp(-entropy)`` with the entropy in nats."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The argmax canvas after a step: all of the middle, not yet settled."""

    step: int
    """Counted from 1; 0 is the noise that the middle starts as."""
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible fill."""

    text: str
    score: float
    """How likely it and the near suffix are; higher is better, only within one hole."""
    tokens: int
    """How many free positions it was given."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of one fill went, in milliseconds."""

    load: float = 0.0
    encode: float = 0.0
    denoise: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Fill:
    """The answer to a hole.

    An empty ``text`` means that nothing good enough was found: an answer, not an error.
    """

    text: str
    candidates: tuple[Candidate, ...]
    """Best first, no two with the same text; the first one's text is ``text``."""
    steps: int
    stopped_by: StopReason
    tokens: int
    """Free positions of the chosen candidate."""
    length_policy: str
    """How the length came about, in words, such as ``auto: 1, 2, 4, 8``."""
    model: str
    ms: Timing = field(default_factory=Timing)
