"""Heals cuts inside a word: the piece of a word at the hole's edge is taken into the hole.

``retu‸`` tokenized as it stands is not what a model has seen before ``rn``: ``return`` is one token.
So the piece's own token becomes free, and the token there is held to those that agree with it.
Known as token healing (github.com/guidance-ai/guidance), here at both edges. Pure but for the masks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import torch
from torch import Tensor

from mezzotint_grammars.opening import is_word
from mezzotint_infill.vocabulary import Vocabulary

Encode = Callable[[str], list[int]]
"""Text to token ids; a special token that is spelt out in the text is text like any other."""
CanBegin = Callable[[str], bool]
"""Whether some token begins with a text, or is it."""

INSIDE, FIRST, LAST, ONLY = range(4)
"""Which of a hole's free positions one is."""


@dataclass(frozen=True, slots=True)
class Seams:
    """What is already there of a hole's first token, and of its last."""

    before: str = ""
    after: str = ""

    def around(self, middle: str) -> str:
        """All that the free positions stand for."""
        return self.before + middle + self.after

    def between(self, text: str) -> str | None:
        """What free positions that spell ``text`` put into the hole; nothing if they disagree."""
        fits = len(text) >= len(self.before) + len(self.after)
        if not (fits and text.startswith(self.before) and text.endswith(self.after)):
            return None
        return text[len(self.before) : len(text) - len(self.after)]

    def without(self, texts: Sequence[str]) -> list[str]:
        """Tokens' texts as they stand in the hole; noise, which may not agree, as it is."""
        first, last = texts[0].removeprefix(self.before), texts[-1].removesuffix(self.after)
        if len(texts) == 1:
            return [self.between(texts[0]) or texts[0]]
        return [first, *texts[1:-1], last]

    def forbidden(self, vocabulary: Vocabulary, everywhere: Tensor) -> Tensor:
        """Which tokens ``(4, V)`` cannot stand at a free position, by which one of the hole's it is.

        ``everywhere`` ``(V,)`` are those that can stand at none. Where the edges leave no token at
        all, they forbid none: what comes of it does not agree with them and is dropped.
        """
        starts, ends = vocabulary.beginning_with(self.before), vocabulary.ending_with(self.after)
        there = len(self.before) + len(self.after)
        only = starts & ends & (vocabulary.lengths > there)
        rows = (torch.ones_like(starts), starts, ends, only if there else starts)
        fitting = [row if bool((row & ~everywhere).any()) else rows[INSIDE] for row in rows]
        return everywhere | ~torch.stack(fitting)


def split_before(piece: str, encode: Encode, can_begin: CanBegin) -> tuple[list[int], str]:
    """The tokens of the prefix's last piece that stay pinned, and the text that is healed.

    That is as much as one token may begin with: all of ``retu``, and of ``getit`` what ``item`` has.
    """
    tokens = encode(piece)
    if not piece or not is_word(piece[-1]):
        return tokens, ""
    for start in range(len(piece)):
        pinned = encode(piece[:start])
        if pinned == tokens[: len(pinned)] and can_begin(piece[start:]):
            return pinned, piece[start:]
    return tokens, ""


def split_after(suffix: str, encode: Encode) -> tuple[str, str]:
    """The text of the suffix's first token if it may be the rest of a word, and what follows."""
    word = "".join(takewhile(is_word, suffix[:200]))
    first = encode(word)[:1]
    for end in range(1, len(word) + 1):
        if encode(word[:end]) == first:
            return word[:end], suffix[end:]
    return "", suffix
