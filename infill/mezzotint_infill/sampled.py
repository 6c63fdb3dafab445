"""Beliefs by the kernels: no table of chances, and no logits in float32, is ever made."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.kernels.sample import Sampled, sample
from mezzotint_infill.kernels.scores import Scores
from mezzotint_infill.kernels.soften import soften
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.embedding import QuantizedEmbedding
from mezzotint_infill.quantized.weight import Weight

Sampling = Callable[[Tensor, FreePositions, Terms], Beliefs]
"""Of hidden states ``(N, H)`` at the free positions."""


class SampledBeliefs:
    """Tokens are drawn as the logits are looked at, with noise that is counted."""

    def __init__(self, scores: Scores, sampled: Sampled, table: Any) -> None:
        """``table`` is the module of embeddings, the network's own or a quantized one."""
        self.best, self.entropy = sampled.best, sampled.entropy
        self._scores, self._sampled, self._table = scores, sampled, table

    def draw(self) -> Tensor:
        return self._sampled.drawn

    def soften(self) -> Tensor:
        table = self._table
        is_ours = isinstance(table, QuantizedEmbedding)
        weight = table.kept if is_ours else Weight(Format.BF16, table.weight, None)
        scale: float = table.scalar_embed_scale
        mean = soften(self._scores, self._sampled.log_sum_exp, weight, scale)
        return mean.to(table.embed_scale.dtype if is_ours else mean.dtype)


def sampling_of(network: nn.Module) -> Sampling:
    """What a network on a device that kernels can be used on believes."""
    return partial(_believed, network)


def _believed(network: Any, hidden: Tensor, free: FreePositions, terms: Terms) -> Beliefs:
    temperature = torch.full((), terms.temperature, device=hidden.device)
    cap: float = network.final_logit_softcapping
    scores = Scores(network.lm_head(hidden), cap, temperature, terms.forbidden, free.edges)
    sampled = sample(scores, *terms.chance.counted(free, terms.rows))
    return SampledBeliefs(scores, sampled, network.model.decoder.embed_tokens)
