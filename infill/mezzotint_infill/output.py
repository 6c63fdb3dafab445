"""What the output layer says of hidden states: scores, beliefs, and how likely given tokens are.

A score for each token of a vocabulary of 262,144 is half a megabyte a position: so many positions
are looked at one part after the other, and no more of them at once than memory plans have room for
(``memory/cost.py``).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.beliefs import Beliefs, PartedBeliefs, Terms, WeighedBeliefs
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.chance import AskedOnce
from mezzotint_infill.kernels.likelihood import log_chances
from mezzotint_infill.memory.cost import positions_at_once
from mezzotint_infill.quantized.embedding import QuantizedEmbedding
from mezzotint_infill.sampled import Sampling, sampling_of


class Output:
    """Of a network, with the embeddings that it is made of."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._vocabulary: int = network.config.get_text_config().vocab_size
        self._sampling: Sampling | None = None
        self.at_once = positions_at_once(self._vocabulary, with_kernels=False)
        """Positions that are looked at together."""

    def use_kernels(self) -> None:
        """From now on: the network is on a device that they can be used on."""
        self._sampling = sampling_of(self._network)
        self.at_once = positions_at_once(self._vocabulary, with_kernels=True)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores ``(N, V)`` in float32 of hidden states ``(N, H)``, however many they are."""
        cap = self._network.final_logit_softcapping
        return self._network.lm_head(hidden).float().div_(cap).tanh_().mul_(cap)

    def beliefs(self, hidden: Tensor, free: FreePositions, terms: Terms) -> Beliefs:
        """What is held of free positions, of their hidden states ``(N, H)``."""
        if len(hidden) <= self.at_once:
            return self._believed(hidden, free, terms)
        chance = AskedOnce(terms.chance, free, terms.rows)
        return PartedBeliefs(
            partial(
                self._believed,
                hidden[part],
                free.part(part),
                replace(terms, chance=chance.share(part)),
            )
            for part in self._parts(len(hidden))
        )

    def log_chances(self, hidden: Tensor, tokens: Tensor) -> Tensor:
        """How likely one token each ``(N,)`` is, in nats ``(N,)``, of hidden states ``(N, H)``."""
        parts = [self._log_chances(hidden[part], tokens[part]) for part in self._parts(len(hidden))]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        table = self._network.model.decoder.embed_tokens
        if isinstance(table, QuantizedEmbedding):
            return table.soften(chances)
        return (chances.to(table.weight.dtype) @ table.weight) * table.scalar_embed_scale

    def _believed(self, hidden: Tensor, free: FreePositions, terms: Terms) -> Beliefs:
        if self._sampling is not None:
            return self._sampling(hidden, free, terms)
        return WeighedBeliefs(self.logits(hidden), free, terms, self.soften)

    def _log_chances(self, hidden: Tensor, tokens: Tensor) -> Tensor:
        if self._sampling is not None:
            cap: float = self._network.final_logit_softcapping
            return log_chances(self._network.lm_head(hidden), cap, tokens)
        given = torch.log_softmax(self.logits(hidden), dim=-1)
        return given.gather(-1, tokens[:, None]).squeeze(-1)

    def _parts(self, positions: int) -> Iterator[slice]:
        for start in range(0, max(1, positions), self.at_once):
            yield slice(start, start + self.at_once)
