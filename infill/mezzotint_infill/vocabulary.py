"""Which tokens may land in a hole."""

import re
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

UNUSED = re.compile(r"<(unused|extra_id_|reserved_special_token_)\d+>")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Forbidden tokens as masks over the model's output, shape ``(V,)``, True = forbidden."""

    forbidden: Tensor
    """Special, unused and end tokens, and outputs that have no token at all."""
    forbidden_within_line: Tensor
    """The same, and everything with a line break in it."""

    def forbidden_in(self, *, within_line: bool) -> Tensor:
        return self.forbidden_within_line if within_line else self.forbidden


def read_vocabulary(tokenizer: Tokenizer, size: int, ends: set[int]) -> Vocabulary:
    """``size`` is the width of the model's output, which may exceed the tokenizer's."""
    known = min(size, tokenizer.get_vocab_size())
    forbidden = torch.zeros(size, dtype=torch.bool)
    forbidden[known:] = True
    forbidden[[end for end in ends if end < size]] = True
    for number, token in tokenizer.get_added_tokens_decoder().items():
        if number < size and (token.special or UNUSED.fullmatch(token.content)):
            forbidden[number] = True
    texts = tokenizer.decode_batch([[number] for number in range(known)], skip_special_tokens=False)
    breaks = forbidden.clone()
    breaks[[number for number, text in enumerate(texts) if "\n" in text or "\r" in text]] = True
    return Vocabulary(forbidden, breaks)
