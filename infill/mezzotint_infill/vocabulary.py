"""Which tokens may land in a hole."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from tokenizers import Tokenizer
from torch import Tensor

NO_TEXT = re.compile(
    r"<(unused|extra_id_|reserved_special_token_)\d+>"
    # Gemma's tokenizers add these without calling them special: <mask>, <|turn>, <channel|>, <|"|>.
    r"|<(pad|eos|bos|unk|mask|2mass)>|\[@BOS@\]"
    r"|<\|[^\s<>|]+\|?>|<[^\s<>|]+\|>"
)
"""Added tokens that stand for no text, though a tokenizer may not call them special."""
LAST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True)
class Vocabulary:
    """Masks over the model's output, shape ``(V,)``; True in a forbidden one is forbidden."""

    texts: tuple[str, ...]
    """What each token spells; nothing for outputs that have no token."""
    forbidden: Tensor
    """Special, unused and named tokens, and outputs that have no token at all."""
    forbidden_within_line: Tensor
    """The same, and everything with a line break in it."""

    def forbidden_in(self, *, within_line: bool) -> Tensor:
        return self.forbidden_within_line if within_line else self.forbidden

    def can_begin(self, text: str) -> bool:
        """Whether some token begins with it."""
        return any(True for _ in _in_range(self._forwards, text))

    def beginning_with(self, text: str) -> Tensor:
        """Which tokens do."""
        return self._mask(_in_range(self._forwards, text))

    def ending_with(self, text: str) -> Tensor:
        """Which tokens do."""
        return self._mask(_in_range(self._backwards, text[::-1]))

    @cached_property
    def lengths(self) -> Tensor:
        """Characters of each token."""
        return torch.tensor([len(text) for text in self.texts])

    @cached_property
    def _forwards(self) -> list[tuple[str, int]]:
        return sorted((text, number) for number, text in enumerate(self.texts))

    @cached_property
    def _backwards(self) -> list[tuple[str, int]]:
        return sorted((text[::-1], number) for number, text in enumerate(self.texts))

    def _mask(self, tokens: Iterable[int]) -> Tensor:
        mask = torch.zeros(len(self.texts), dtype=torch.bool)
        mask[list(tokens)] = True
        return mask


def _in_range(ordered: Sequence[tuple[str, int]], start: str) -> Iterable[int]:
    """The numbers of the texts that start like this."""
    first = bisect_left(ordered, (start,))
    last = bisect_left(ordered, (start + LAST_CHARACTER,))
    return (number for _, number in ordered[first:last])


def read_vocabulary(tokenizer: Tokenizer, size: int, named: set[int]) -> Vocabulary:
    """``size`` is the width of the model's output, which may exceed the tokenizer's.

    ``named`` are tokens that the checkpoint's own files have a purpose for.
    """
    known = min(size, tokenizer.get_vocab_size())
    forbidden = torch.zeros(size, dtype=torch.bool)
    forbidden[known:] = True
    forbidden[[token for token in named if token < size]] = True
    for number, token in tokenizer.get_added_tokens_decoder().items():
        if number < size and (token.special or NO_TEXT.fullmatch(token.content)):
            forbidden[number] = True
    texts = tokenizer.decode_batch([[number] for number in range(known)], skip_special_tokens=False)
    breaks = forbidden.clone()
    breaks[[number for number, text in enumerate(texts) if "\n" in text or "\r" in text]] = True
    unknown = [""] * (size - known)
    return Vocabulary((*texts, *unknown), forbidden, breaks)
