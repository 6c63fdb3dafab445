"""Canvases or texts behind one prompt, as one row of positions: the prompt is there once for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Text = Sequence[int]
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Row:
    """N positions."""

    tokens: Tensor  # (N,)
    places: Tensor  # (N,) behind the prompt, from 0
    whose: Tensor  # (N,) which canvas or text each is of
    soft: Tensor | None = None  # (N, H) self-conditioning, of canvases


def row_of_canvases(canvases: Tensor, soft: Tensor) -> Row:
    """Of canvases ``(B, C)`` and their self-conditioning ``(B, C, H)``."""
    every = torch.arange(canvases.numel(), device=canvases.device)
    width = canvases.shape[1]
    return Row(canvases.flatten(), every % width, every // width, soft.flatten(0, 1))


def row_of_texts(texts: Sequence[Text], device: torch.device) -> Row:
    """Of texts as long as they are: nothing fills them up."""
    laid = [
        (token, place, number)
        for number, text in enumerate(texts)
        for place, token in enumerate(text)
    ]
    parts = torch.tensor(laid, dtype=torch.long).reshape(-1, 3).to(device)
    return Row(parts[:, 0], parts[:, 1], parts[:, 2])


def rows_within(texts: Sequence[Text], most: int) -> Iterator[Sequence[Text]]:
    """All texts in order, so many together that a row has at most ``most`` positions.

    A text that is longer itself is alone.
    """
    begin, positions = 0, 0
    for number, text in enumerate(texts):
        if positions + len(text) > most and number > begin:
            yield texts[begin:number]
            begin, positions = number, 0
        positions += len(text)
    yield texts[begin:]


def before_each(texts: Sequence[Text]) -> list[int]:
    """Which position of a row is before each token of each text; 0 is the prompt's last, 1 the first.

    The row is that of the texts without their last tokens, which are before nothing.
    """
    found: list[int] = []
    start = 1
    for text in texts:
        found += [0, *range(start, start + len(text) - 1)] if text else []
        start += max(0, len(text) - 1)
    return found
