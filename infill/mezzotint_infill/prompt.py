"""A hole in tokens: what the encoder reads, and what is pinned around the free positions.

Pure: text in, token ids out. Knows two shapes of checkpoint. One with a chat template
(DiffusionGemma-it) is told the task in a turn and writes the file as its reply, framed as
``chat_template.py`` says; one without (the embedded model) just continues code. The last piece of the prefix goes into the canvas, half words
as free positions, the rest pinned: the encoder's prompt then changes once a word and not with every
key.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mezzotint_infill.chat_template import Turns, fence_for
from mezzotint_infill.hole import Snippet
from mezzotint_infill.pieces import split_piece
from mezzotint_infill.seams import CanBegin, Encode, Seams, split_after, split_before
from mezzotint_infill.tasks import HOLE_MARK, Task, task_in

CHARACTERS_A_TOKEN = 12
"""An over-estimate for code: so much of it fills a window."""
LASTING = 2
"""Of a window that is full, about two thirds are twice as many characters as it may have tokens."""
PIECE_SHARE = 4
"""The pinned piece takes up a canvas' fourth part at most."""

SNIPPET = "From {path}:\n{code}\n"


class Shape(Enum):
    """Whether a checkpoint is told what to do."""

    PLAIN = "plain"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The special tokens of a checkpoint's vocabulary, by what they are for."""

    bos: int
    eos: int
    turns: Turns | None = None
    """A chat checkpoint's only."""

    @property
    def shape(self) -> Shape:
        return Shape.PLAIN if self.turns is None else Shape.CHAT


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
    seams: Seams
    """What of the text on both sides stands at free positions."""
    text_before: str
    """What the encoder has not read of the prefix."""
    text_after: str
    """The near suffix."""


@dataclass(frozen=True, slots=True)
class Window:
    """The end of a text, and its tokens."""

    text: str
    tokens: list[int]


def sticky_window(text: str, encode: Encode, limit: int, offset: int = 0) -> Window:
    """As much of the text's end as fits, from a line's start on that stays while one types.

    It is the first one after a multiple of ``limit`` characters: few enough to leave most of the
    limit to the window, enough to type for a while before it shifts. Where lines or characters
    take too many tokens for that, it may be any place after a multiple of fewer characters. All
    are counted from the file's start, of which the text leaves out ``offset`` characters.
    """
    window = _fitting_window(text, encode, limit, offset, stride=limit)
    if len(window.tokens) >= limit // 2 or window.text == text:
        return window
    return _fitting_window(text, encode, limit, offset, stride=max(1, limit // 16))


def plain_prompt(
    prefix: str,
    suffix: str,
    encode: Encode,
    can_begin: CanBegin,
    grammar: Grammar,
    *,
    context: int,
    canvas: int,
    offset: int = 0,
) -> Prompt:
    """For a checkpoint without a chat template.

    ``context`` is how many tokens the encoder may read, ``canvas`` the longest canvas, ``offset``
    how much of the file there is before the prefix. There is no room for snippets, and no way to
    tell them from the file.
    """
    before, piece = _split_short_piece(prefix, encode, canvas // PIECE_SHARE)
    window = sticky_window(before, encode, context - 1, offset)
    encoded = (grammar.bos, *window.tokens)
    return _prompt(encoded, piece, suffix, (grammar.eos,), encode, can_begin, canvas)


def chat_prompt(
    prefix: str,
    suffix: str,
    language: str,
    encode: Encode,
    can_begin: CanBegin,
    grammar: Grammar,
    *,
    context: int,
    canvas: int,
    offset: int = 0,
    snippets: Sequence[Snippet] = (),
    task: Task | None = None,
) -> Prompt:
    """For an instruction-tuned checkpoint: the task in the user's turn, the file as the reply.

    To fill one gap, unless told.

    Snippets come first: they change less often than the file, and what stays is not encoded again.
    For the same reason the file in a task to fill one gap lacks the lines around the cursor: the
    gap is shown as if it began before them (:func:`lasting_head`) and ended with the line.

    The reply repeats the prefix's window, after an empty thought and the opening of a fence.
    """
    turns = grammar.turns
    if turns is None:
        raise ValueError("A chat prompt needs a chat checkpoint.")
    before, piece = _split_short_piece(prefix, encode, canvas // PIECE_SHARE)
    window = sticky_window(before, encode, context, offset)
    near = window.text + piece, head_lines(suffix, context)
    wanted = task or task_in(language)
    fence = fence_for(language, *near, wanted.middle)
    if wanted.middle == HOLE_MARK:
        rest_of_line = suffix.partition("\n")[0]
        lasting = suffix.removeprefix(rest_of_line)
        near = lasting_head(window.text, context), head_lines(lasting, context)
    question = _shown(snippets) + wanted.sentence + fence.around(wanted.around(*near))
    encoded = (
        grammar.bos,
        *turns.question(question.rstrip("\n"), encode),
        *turns.reply(encode),
        *encode(fence.opening),
        *window.tokens,
    )
    closing = (*encode(fence.closing(suffix)), turns.end, grammar.eos)
    return _prompt(encoded, piece, suffix, closing, encode, can_begin, canvas)


def lasting_head(window: str, limit: int) -> str:
    """The first lines of a sticky window, up to a place that stays while one types at its end.

    It moves at every ``limit`` characters, and ``LASTING`` times at most: from then on only with the
    window's start. So typing costs what the encoder reads of it, and now and then a prompt.
    """
    marks = min(LASTING, len(window) // limit)
    return window[: window.rfind("\n", 0, marks * limit) + 1]


def head_lines(text: str, characters: int) -> str:
    """The first whole lines within so many characters."""
    if len(text) <= characters:
        return text
    return text[:characters].rpartition("\n")[0] + "\n"


def _shown(snippets: Sequence[Snippet]) -> str:
    fences = ((one, fence_for("", one.text)) for one in snippets)
    return "".join(
        SNIPPET.format(path=one.path, code=fence.around(one.text)) for one, fence in fences
    )


def _prompt(
    encoded: tuple[int, ...],
    piece: str,
    suffix: str,
    closing: tuple[int, ...],
    encode: Encode,
    can_begin: CanBegin,
    canvas: int,
) -> Prompt:
    """What has been read, and around the free positions what is pinned and what is healed."""
    pinned, healed_before = split_before(piece, encode, can_begin)
    healed_after, after = split_after(suffix, encode)
    return Prompt(
        encoded=encoded,
        piece=tuple(pinned),
        suffix=tuple(_head(after, encode, canvas)),
        closing=closing,
        seams=Seams(healed_before, healed_after),
        text_before=piece,
        text_after=suffix[: canvas * CHARACTERS_A_TOKEN],
    )


def _split_short_piece(prefix: str, encode: Encode, limit: int) -> tuple[str, str]:
    """As :func:`split_piece`; of a piece with more tokens than the limit, a part that has fewer."""
    before, piece = split_piece(prefix)
    while len(encode(piece)) > limit:
        rest = len(piece) - len(piece) // 2
        before, piece = before + piece[:rest], piece[rest:]
    return before, piece


def _fitting_window(text: str, encode: Encode, limit: int, offset: int, *, stride: int) -> Window:
    last = (offset + len(text)) // stride
    first = max(offset // stride, last - limit * CHARACTERS_A_TOKEN // stride)
    marks = (max(0, mark * stride - offset) for mark in range(first, last + 1))
    starts = [_line_start(text, mark, stride) for mark in marks]
    starts.append(len(text))
    fitting = bisect_left(starts, True, key=lambda start: len(encode(text[start:])) <= limit)
    return Window(text[starts[fitting] :], encode(text[starts[fitting] :]))


def _line_start(text: str, place: int, reach: int) -> int:
    """The first start of a line at the place or within reach of it, else the place itself."""
    if place == 0:
        return 0
    return text.find("\n", place - 1, place + reach - 1) + 1 or place


def _head(text: str, encode: Encode, limit: int) -> list[int]:
    """The first tokens of a text, not cut short by how much of it is looked at."""
    characters = limit * CHARACTERS_A_TOKEN
    tokens = encode(text[:characters])
    while len(tokens) <= limit and characters < len(text):
        characters *= 2
        tokens = encode(text[:characters])
    return tokens[:limit]
