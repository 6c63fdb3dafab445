"""Weights that nobody has trained, made on the device in the formats of a plan, slice by slice."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.memory.plan import BF16, MemoryPlan
from mezzotint_infill.network import build_network, empty_network, require_filled, share
from mezzotint_infill.packed.parts import DECODER, ENCODER, format_of
from mezzotint_infill.quantized.weight import Weight, empty_weight, quantize

SPREAD = 0.02
"""Standard deviation of a matrix' elements."""
SLICE = 1 << 25
"""Elements that are made at once."""


class RandomWeights:
    """Reads as :class:`~mezzotint_infill.network.Weights` does: the same for the same seed."""

    def __init__(self, folder: Path, plan: MemoryPlan, place: torch.device, seed: int = 0) -> None:
        """``folder`` has the ``config.json`` of the shapes, ``place`` is where they are made."""
        held: Mapping[str, Tensor] = empty_network(folder).state_dict()
        self._shapes = {name: tensor.shape for name, tensor in held.items()}
        self._plan = plan
        self._chance = torch.Generator(place).manual_seed(seed)

    def weight(self, key: str, device: torch.device, plain: torch.dtype) -> Weight:
        """Norms and scales are 1, matrices are noise."""
        shape, kind = self._shapes[key], format_of(key, self._plan)
        weight = empty_weight(tuple(shape), kind, device, plain)
        if len(shape) < 2:
            weight.data.fill_(1.0)
            return weight
        step = max(1, SLICE // math.prod(shape[1:]))
        for start in range(0, shape[0], step):
            some = slice(start, min(start + step, shape[0]))
            made = quantize(self._noise((some.stop - start, *shape[1:]), plain), kind)
            weight.data[some] = made.data.to(device)
            if weight.scale is not None and made.scale is not None:
                weight.scale[some] = made.scale.to(device)
        return weight

    def _noise(self, shape: tuple[int, ...], plain: torch.dtype) -> Tensor:
        place = self._chance.device
        return SPREAD * torch.randn(shape, generator=self._chance, dtype=plain, device=place)


def random_network(folder: Path, plan: MemoryPlan, place: torch.device, dtype: torch.dtype) -> Any:
    """A network under a plan; ``folder`` has the ``config.json`` of its shape."""
    return build_network(folder, RandomWeights(folder, plan, place), place, dtype).eval()


def random_stock(folder: Path, place: torch.device, dtype: torch.dtype) -> Any:
    """The network of transformers itself, nothing of it replaced: what ``generate`` is timed on."""
    weights = RandomWeights(folder, BF16, place)
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
    half: Any, name: str, weights: RandomWeights, place: torch.device, dtype: torch.dtype
) -> None:
    held: Mapping[str, Tensor] = half.state_dict()
    wanted = [own for own, tensor in held.items() if tensor.is_meta]
    made = {own: weights.weight(f"{name}{own}", place, dtype).data for own in wanted}
    half.load_state_dict(made, strict=False, assign=True)
