"""What goes in and what comes out: a hole, its drafts, its fill.

Plain text and numbers only; nothing here knows tokens, tensors, editors or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from mezzotint_infill.errors import BadHoleError


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
class Gap:
    """A further gap of a hole, behind text that stays."""

    between: str
    """What stands between the gap before it and this one."""
    kind: HoleKind = HoleKind.REGION

    def __post_init__(self) -> None:
        if not self.between:
            raise BadHoleError("Two gaps touch each other; make them one.")


class Freed(Enum):
    """Which tokens of a region may change."""

    BY_CHANCE = "by chance"
    """Whole words, chosen by the seed: the region is renoised."""
    LEAST_LIKELY = "least likely"
    """Those that the model finds least likely, given both sides: the region is repaired."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What stands in a hole now, and how much of it may change.

    The tokens that may change start as noise, the others are pinned, so that the region keeps its
    number of tokens.
    """

    text: str
    strength: float
    """The share of the region's tokens that may change, from 0 to 1; rounded down."""
    freed: Freed = Freed.BY_CHANCE
    instruction: str = ""
    """What to do, for models that read it."""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadHoleError("There is nothing to rewrite: the region is empty.")
        if not 0 <= self.strength <= 1:
            raise BadHoleError(f"The strength must be from 0 to 1, not {self.strength:g}.")


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
    further: tuple[Gap, ...] = ()
    """More gaps before the suffix, filled together with the first one."""
    rewrite: Rewrite | None = None
    """What stands in the hole, if it is to be changed rather than filled."""

    def __post_init__(self) -> None:
        if self.rewrite and self.further:
            raise BadHoleError("A region that is rewritten has no further gaps.")


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
    further: tuple[tuple[Piece, ...], ...] = ()
    """Those of the further gaps, if the hole has any."""

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
    further: tuple[str, ...] = ()
    """The texts of the further gaps, if the hole has any."""


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
    further: tuple[str, ...] = ()
    """The texts of the further gaps, if the hole has any."""
    note: str = ""
    """A sentence for the user if something was not done as it was asked for."""


def hole_of_spans(
    text: str,
    spans: Sequence[tuple[int, int]],
    language: str = "python",
    kinds: Sequence[HoleKind] = (),
) -> Hole:
    """The hole whose gaps replace these spans of a text, told in any order.

    ``kinds`` are the gaps', in the order of the spans; regions unless told. Raises
    :class:`BadHoleError` for spans that overlap, touch or lie outside of the text.
    """
    if not spans:
        raise BadHoleError("There is no place to fill.")
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise BadHoleError(f"There is no text from {start} to {end} to be filled.")
    told = kinds or [HoleKind.REGION] * len(spans)
    (first, kind), *others = sorted(zip(spans, told, strict=True), key=lambda each: each[0])
    gaps: list[Gap] = []
    at = first[1]
    for (start, end), other in others:
        if start < at:
            raise BadHoleError("Two of the places overlap.")
        gaps.append(Gap(text[at:start], other))
        at = end
    return Hole(text[: first[0]], text[at:], language, kind, further=tuple(gaps))
