"""A hole in tokens: what the encoder reads, and what is pinned around the free positions.

Pure: text in, token ids out. Knows two shapes of checkpoint. One with a chat template
(DiffusionGemma-it) is told the task in a turn and writes the file as its reply; one without (the
embedded model) just continues code. The last piece of the prefix goes into the canvas, pinned: it
may be half a word, and the encoder's prompt then changes once a word and not with every key.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

Encode = Callable[[str], list[int]]
"""Text to token ids; special tokens written out in the text become their ids."""

PIECES = re.compile(r"[ \t]{2,}|\t| ?[^\W\d]+| ?\d{1,3}| ?(?:[^\s\w]|_)+|\s")
"""What a tokenizer for code does not cut across, within a line. The embedded model's tokenizer
splits by the same rule (``embedded/tokenizer.py``)."""

STICKY_LINES = 8
"""The prefix window starts at a multiple of this many lines, so that it rarely shifts."""
CHARACTERS_A_TOKEN = 12
"""An over-estimate: so much text is certain to fill a window."""

HOLE_MARK = "<HOLE>"
TASK = (
    "Complete the code at {mark}. It is one gap in the {language} file below; what stands after "
    "the gap stays as it is. Reply with the file from its first line on, the gap filled in, and "
    "with nothing else.\n\n{prefix}{mark}{suffix}"
)


class Shape(Enum):
    PLAIN = "plain"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The special tokens of a checkpoint's vocabulary, by what they are for."""

    shape: Shape
    bos: int
    eos: int
    turn_end: int | None = None
    """Closes a reply, before the ``<eos>`` fill; a chat checkpoint's only."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """``encoded`` is for the encoder; the rest is for the canvas, around the free positions."""

    encoded: tuple[int, ...]
    piece: tuple[int, ...]
    """The end of the prefix, pinned before the hole."""
    suffix: tuple[int, ...]
    """The near suffix, pinned after the hole; as much as the longest canvas can show."""
    closing: tuple[int, ...]
    """What follows when all of the suffix is shown; its last token fills the rest."""
    text_before: str
    """The text of ``piece``."""
    text_after: str
    """The text of ``suffix``."""


def split_piece(prefix: str) -> tuple[str, str]:
    """The prefix up to its last piece, and that piece; a line break ends a piece for good.

    >>> split_piece("x = foo(ba")
    ('x = foo(', 'ba')
    """
    line = prefix.rpartition("\n")[2]
    last = ""
    for match in PIECES.finditer(line):
        last = match.group()
    return prefix[: len(prefix) - len(last)], last


def sticky_window(text: str, encode: Encode, limit: int) -> list[int]:
    """The tokens of the text's end: whole lines from a multiple of ``STICKY_LINES`` on.

    One line that is longer than the limit is cut at its front, in tokens.
    """
    lines = text.split("\n")
    last = (len(lines) - 1) // STICKY_LINES
    starts = range(max(0, last - limit // STICKY_LINES), last + 1)

    def fits(start: int) -> bool:
        window = "\n".join(lines[start * STICKY_LINES :])
        return len(window) <= limit * CHARACTERS_A_TOKEN and len(encode(window)) <= limit

    found = starts.start + bisect_left(starts, True, key=fits)
    window = "\n".join(lines[min(found, last) * STICKY_LINES :])
    return encode(window[-limit * CHARACTERS_A_TOKEN :])[-limit:]


def plain_prompt(
    prefix: str, suffix: str, encode: Encode, grammar: Grammar, *, context: int, canvas: int
) -> Prompt:
    """For a checkpoint without a chat template.

    ``context`` is how many tokens the encoder may read, ``canvas`` the longest canvas.
    """
    before, piece = split_piece(prefix)
    near = suffix[: canvas * CHARACTERS_A_TOKEN]
    shown = encode(near)[:canvas]
    return Prompt(
        encoded=(grammar.bos, *sticky_window(before, encode, context - 1)),
        piece=tuple(encode(piece)),
        suffix=tuple(shown),
        closing=(grammar.eos,),
        text_before=piece,
        text_after=near,
    )


def chat_prompt(
    prefix: str,
    suffix: str,
    language: str,
    encode: Encode,
    grammar: Grammar,
    *,
    context: int,
    canvas: int,
) -> Prompt:
    """For an instruction-tuned checkpoint: the task in the user's turn, the file as the reply.

    The reply opens with the empty thought that non-thinking replies were trained to begin with
    (the model's July 2026 template leaves it to the model), then repeats the prefix's window.
    """
    before, piece = split_piece(prefix)
    window = tail_lines(before, context * 3 // 2)
    after = head_lines(suffix, context)
    task = TASK.format(mark=HOLE_MARK, language=language, prefix=window + piece, suffix=after)
    turns = f"<bos><|turn>user\n{escape(task)}<turn|>\n<|turn>model\n<|channel>thought\n<channel|>"
    if grammar.turn_end is None:
        raise ValueError("A chat checkpoint needs an end-of-turn token.")
    near = suffix[: canvas * CHARACTERS_A_TOKEN]
    return Prompt(
        encoded=(*encode(turns), *sticky_window(before, encode, context)),
        piece=tuple(encode(escape(piece))),
        suffix=tuple(encode(escape(near))[:canvas]),
        closing=(grammar.turn_end, grammar.eos),
        text_before=piece,
        text_after=near,
    )


def escape(code: str) -> str:
    """Code that spells a special token must not become one: a zero-width break after its ``<``."""
    return re.sub(r"<(?=\|?[a-z_]+\|?>)", "<\u200b", code)


def tail_lines(text: str, characters: int) -> str:
    """The last whole lines within so many characters."""
    if len(text) <= characters:
        return text
    return text[-characters:].partition("\n")[2]


def head_lines(text: str, characters: int) -> str:
    """The first whole lines within so many characters."""
    if len(text) <= characters:
        return text
    return text[:characters].rpartition("\n")[0] + "\n"
