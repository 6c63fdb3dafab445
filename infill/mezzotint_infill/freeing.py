"""Which words of a region may change: by chance, or the least likely ones.

A word is freed as a whole, for half of a name is not worth guessing; line breaks and indentation
come last. However many canvases a region takes, no more of its tokens are freed than its strength
allows.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from mezzotint_grammars.span import Span
from mezzotint_infill.canvas import lay_out_middles
from mezzotint_infill.reader import Reader
from mezzotint_infill.sampler import noise
from mezzotint_infill.stretches import Stretch, Word, words_of

GROUPS = 4
"""To see how likely words are, every fourth one is noise at a time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The words that may change in one stretch, a choice a candidate."""

    rows: tuple[tuple[Span, ...], ...]

    def shifted(self, by: int) -> "Choice":
        """The same words after ``by`` more characters."""
        return Choice(tuple(tuple(span.shifted(by) for span in row) for row in self.rows))


def by_chance(stretches: Sequence[Stretch], limit: int, rows: int, seed: int) -> list[Choice]:
    """Other words in every row, from all stretches alike, ``limit`` tokens at most."""
    words = [words_of(stretch) for stretch in stretches]
    everywhere = [(number, word) for number, some in enumerate(words) for word in some]
    drawn = _shuffled(everywhere, random.Random(f"{seed}"))
    kept = set(_fitting([word for _, word in drawn], limit))
    shares = Counter[int]()
    for number, word in drawn:
        shares[number] += word.tokens if word in kept else 0
    return [
        Choice(
            tuple(
                _spans(_fitting(_order(some, f"{seed}/{number}/{row}"), shares[number]))
                for row in range(rows)
            )
        )
        for number, some in enumerate(words)
    ]


def least_likely(
    stretches: Sequence[Stretch], limit: int, rows: int, seed: int, reader: Reader
) -> list[Choice]:
    """The least likely words, half as many in every row as in the one before, but one at least."""
    found = [
        (likelihood, number, word)
        for number, stretch in enumerate(stretches)
        for word, likelihood in likelihoods(stretch, reader, seed)
    ]
    found.sort(key=lambda each: (each[0], each[2].span))
    kept = set(_fitting([word for _, _, word in found], limit))
    choices: list[Choice] = []
    for number in range(len(stretches)):
        own = [word for _, where, word in found if where == number and word in kept]
        choices.append(Choice(tuple(_spans(own[: max(1, len(own) >> row)]) for row in range(rows))))
    return choices


@torch.inference_mode()
def likelihoods(stretch: Stretch, reader: Reader, seed: int) -> list[tuple[Word, float]]:
    """Each word's least likely token, in nats, when it is noise and all but some words are not."""
    model = reader.model
    words = words_of(stretch)
    groups = [words[first::GROUPS] for first in range(min(GROUPS, len(words)))]
    places = [stretch.places_in(_spans(group)) for group in groups]
    if not places:
        return []
    middles = [stretch.middle(some) for some in places]
    canvas = lay_out_middles(stretch.prompt, middles, model.canvas_length).to(model.device)
    start = canvas.pin(noise(canvas.tokens.shape, model.vocabulary, reader.generator(seed)))
    soft = model.embed(canvas.tokens) * ~canvas.is_free[..., None]
    free = canvas.free()
    wanted = canvas.tokens[free.rows, free.columns]
    own: Any = model.log_chances(reader.read(stretch.prompt), start, free, soft, wanted)
    found = dict(zip((place for some in places for place in some), own.tolist(), strict=True))
    return [(word, min(found[place] for place in stretch.places_in([word.span]))) for word in words]


def _order(words: Sequence[Word], seed: str) -> list[Word]:
    return [word for _, word in _shuffled([(0, word) for word in words], random.Random(seed))]


def _shuffled(words: Sequence[tuple[int, Word]], draw: random.Random) -> list[tuple[int, Word]]:
    """In any order, blank ones last."""
    mixed = draw.sample(words, len(words))
    return sorted(mixed, key=lambda each: each[1].is_blank)


def _fitting(words: Iterable[Word], limit: int) -> list[Word]:
    """From the first on, whatever leaves the sum of tokens within the limit."""
    kept: list[Word] = []
    for word in words:
        if word.tokens <= limit:
            kept.append(word)
            limit -= word.tokens
    return kept


def _spans(words: Iterable[Word]) -> tuple[Span, ...]:
    return tuple(word.span for word in words)
