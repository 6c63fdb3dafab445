"""Which of several fills is the best: the seam, and the scorer that measured best.

The encoder is an exact left-to-right language model; one batched pass gives the likelihood of each
candidate together with the start of the suffix behind it. Confidence of the denoiser, the obvious
alternative, prefers short fills.
"""

import math
from collections.abc import Sequence
from typing import Protocol

from mezzotint_infill.model import Model
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt

SUFFIX_CHARACTERS = 40
GLANCE_CHARACTERS = 12
"""Of the suffix, for drafts that are only to be told apart: a survey then takes a sixth less."""


class Scorer(Protocol):
    """Judges texts for one hole; higher is better."""

    def scores(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        """A number for each text, comparable with those of the same hole's others."""
        ...

    def glances(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        """As :meth:`scores` of drafts, to leave some behind: sooner there, less exact."""
        ...


class CausalLikelihood:
    """Log-likelihood of middle and near suffix under the causal encoder, softened by length.

    Over the square root of their tokens: the mean prefers what goes on and on (figures in
    ARCHITECTURE.md).
    """

    def scores(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        return self._scores(model, prefix, prompt, texts, near_suffix(prompt.text_after))

    def glances(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        after = near_suffix(prompt.text_after)[:GLANCE_CHARACTERS]
        return self._scores(model, prefix, prompt, texts, after)

    def _scores(
        self,
        model: Model,
        prefix: PrefixCache,
        prompt: Prompt,
        texts: Sequence[str],
        after: str,
    ) -> list[float]:
        rows = [model.encode(prompt.text_before + text + after) for text in texts]
        if not any(rows):
            return [-math.inf] * len(rows)
        given = model.log_likelihoods(prefix, rows)
        return [
            total / math.sqrt(len(row)) if row else -math.inf
            for total, row in zip(given, rows, strict=True)
        ]


def near_suffix(text: str) -> str:
    """The suffix up to the end of its first line with something on it."""
    line_end = 0
    while line_end < min(len(text), SUFFIX_CHARACTERS):
        following = text.find("\n", line_end)
        following = len(text) if following < 0 else following
        if text[line_end:following].strip():
            return text[: min(following, SUFFIX_CHARACTERS)]
        line_end = following + 1
    return text[:line_end]
