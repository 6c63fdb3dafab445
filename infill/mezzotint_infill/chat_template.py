"""How turns and replies are framed for a chat checkpoint: DiffusionGemma's template, as data.

The conventions are those of google/diffusiongemma-26B-A4B-it since July 2026. A reply that is not
to think begins with an empty thought (the older template put it into the prompt, the newer one
leaves it to the model). Code in a reply is fenced. ``<turn|>`` closes the reply, and ``<eos>``
fills the rest of the canvas: so the model was trained
(github.com/google-deepmind/gemma, ``hackable_diffusion_adapter/data/data.py``).
"""

import re
from dataclasses import dataclass

from mezzotint_infill.seams import Encode

USER = "user\n"
MODEL = "model\n"
THOUGHT = "thought\n"
"""The channel's name and nothing in it."""
BETWEEN_TURNS = "\n"
FENCE = "```"

_RUNS = re.compile(r"`{3,}")
_TAG = re.compile(r"[\w+#.-]+")


@dataclass(frozen=True, slots=True)
class Turns:
    """The special tokens that turns and thoughts are framed with."""

    start: int
    end: int
    """Also closes a reply, before the ``<eos>`` fill."""
    thought_start: int
    thought_end: int

    def question(self, text: str, encode: Encode) -> tuple[int, ...]:
        """A turn of the user's.

        Special tokens go in as ids, one by one: no text that someone edits can spell them.
        """
        return (self.start, *encode(USER + text), self.end, *encode(BETWEEN_TURNS))

    def reply(self, encode: Encode) -> tuple[int, ...]:
        """The beginning of the model's turn, with nothing thought."""
        thought = (self.thought_start, *encode(THOUGHT), self.thought_end)
        return (self.start, *encode(MODEL), *thought)


@dataclass(frozen=True, slots=True)
class Fence:
    """What code stands between."""

    opening: str
    """With the line break that ends it."""
    marks: str

    def closing(self, code: str) -> str:
        """After code that ends like this one; on a line of its own."""
        return self.marks if code.endswith("\n") else f"\n{self.marks}"

    def around(self, code: str) -> str:
        """All of it, and a line break."""
        return f"{self.opening}{code}{self.closing(code)}\n"


def fence_for(language: str, *code: str) -> Fence:
    """A fence that is longer than any in the code."""
    longest = max((len(run) for text in code for run in _RUNS.findall(text)), default=0)
    marks = "`" * max(len(FENCE), longest + 1)
    tag = language if _TAG.fullmatch(language) else ""
    return Fence(f"{marks}{tag}\n", marks)
