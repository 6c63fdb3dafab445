"""Weights that nobody has trained, of any shape: made slice by slice on the device, never all at once."""

import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.memory.plan import BF16
from mezzotint_infill.network import empty_network, require_filled, share
from mezzotint_infill.packed.fresh import FreshWeights
from mezzotint_infill.packed.parts import DECODER, ENCODER

SPREAD = 0.02
"""Standard deviation of a matrix' elements."""
SLICE = 1 << 25
"""Elements that are made at once."""


class RandomCheckpoint:
    """Read as :class:`~mezzotint_infill.packed.shards.Shards` are: norms and scales are 1.

    A tensor is the same for the same seed, whatever was read before.
    """

    def __init__(self, folder: Path, place: torch.device, seed: int = 0) -> None:
        """``folder`` has the ``config.json`` of the shapes, ``place`` is where they are made."""
        held: Mapping[str, Tensor] = empty_network(folder).state_dict()
        self._shapes = {name: tuple(tensor.shape) for name, tensor in held.items()}
        self._place, self._seed = place, seed

    @property
    def names(self) -> list[str]:
        return sorted(self._shapes)

    def shape(self, key: str) -> tuple[int, ...]:
        return self._shapes[key]

    def slices(self, key: str) -> Iterator[tuple[int, Tensor]]:
        """A tensor in bfloat16, in pieces of its first dimension, each with where it begins."""
        shape = self._shapes[key]
        if len(shape) < 2:
            yield 0, torch.ones(shape, dtype=torch.bfloat16, device=self._place)
            return
        chance = torch.Generator(self._place).manual_seed(zlib.crc32(key.encode(), self._seed))
        step = max(1, SLICE // math.prod(shape[1:]))
        for start in range(0, shape[0], step):
            some = (min(step, shape[0] - start), *shape[1:])
            noise = torch.randn(some, generator=chance, dtype=torch.bfloat16, device=self._place)
            yield start, noise.mul_(SPREAD)


def random_stock(folder: Path, place: torch.device, dtype: torch.dtype) -> Any:
    """The network of transformers itself, nothing of it replaced: what ``generate`` is timed on."""
    weights = FreshWeights(RandomCheckpoint(folder, place), BF16, place)
    network = empty_network(folder)
    encoder, decoder = network.model.encoder.language_model, network.model.decoder
    _fill(decoder, DECODER, weights, place, dtype)
    for mine, theirs in zip(encoder.layers, decoder.layers, strict=True):
        share(mine, theirs)
    encoder.norm, encoder.embed_tokens = decoder.norm, decoder.embed_tokens
    network.lm_head.weight = decoder.embed_tokens.weight
    _fill(encoder, ENCODER, weights, place, dtype)
    table = decoder.embed_tokens
    table.embed_scale = torch.tensor(table.scalar_embed_scale, dtype=dtype, device=place)
    for half in (encoder, decoder):
        half.rotary_emb = type(half.rotary_emb)(half.rotary_emb.config).to(place)
    require_filled(network)
    return network.requires_grad_(False).eval()


def _fill(
    half: Any, name: str, weights: FreshWeights, place: torch.device, dtype: torch.dtype
) -> None:
    held: Mapping[str, Tensor] = half.state_dict()
    wanted = [own for own, tensor in held.items() if tensor.is_meta]
    made = {own: weights.weight(f"{name}{own}", place, dtype).data for own in wanted}
    half.load_state_dict(made, strict=False, assign=True)
