"""The encoder's keys and values of a prompt: cut back to what still holds, then grown again.

All of it is kept, also behind the sliding window, so that a keystroke can take back as much as it
likes; transformers' own caches cannot (``DynamicCache.crop`` fails beyond the window) or are wrong
there (``StaticCache``). Layers show the window that the model's attention expects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class LayerCache:
    """Keys and values of one layer, shape ``(1, key heads, tokens, head width)``."""

    all_keys: Tensor
    all_values: Tensor
    window: int | None
    """How far a sliding layer looks, in tokens, its own included; ``None`` for a full one."""
    batch: int = 1

    @property
    def keys(self) -> Tensor:
        return self._shown(self.all_keys)

    @property
    def values(self) -> Tensor:
        return self._shown(self.all_values)

    def cut(self, length: int) -> "LayerCache":
        return LayerCache(self.all_keys[:, :, :length], self.all_values[:, :, :length], self.window)

    def _shown(self, tensor: Tensor) -> Tensor:
        seen = tensor if self.window is None else tensor[:, :, -(self.window - 1) :]
        return seen.expand(self.batch, -1, -1, -1)


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """What one prompt left behind. Read-only: every change makes a new one."""

    tokens: tuple[int, ...]
    layers: tuple[LayerCache, ...]
    last_hidden: Tensor  # (1, 1, H) the encoder's output at the last token

    is_compileable = False
    """Tells transformers' decoder to concatenate rather than to write into a fixed buffer."""

    def __len__(self) -> int:
        return len(self.tokens)

    def common(self, tokens: Sequence[int]) -> int:
        """How many leading tokens of another prompt are already here."""
        for place, (mine, theirs) in enumerate(zip(self.tokens, tokens, strict=False)):
            if mine != theirs:
                return place
        return min(len(self.tokens), len(tokens))

    def for_batch(self, batch: int) -> "PrefixCache":
        """The same cache, read by several canvases without a copy."""
        layers = (
            LayerCache(layer.all_keys, layer.all_values, layer.window, batch)
            for layer in self.layers
        )
        return PrefixCache(self.tokens, tuple(layers), self.last_hidden)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Named and shaped as transformers' decoder asks for it."""
        return len(self.tokens)


class GrowingCache:
    """Takes the keys and values that an encoder pass makes, after those of a cache before it.

    The one method and its arguments are those of ``transformers.Cache`` that the encoder's
    attention calls.
    """

    is_compileable = False

    def __init__(self, layers: Sequence[LayerCache], batch: int = 1) -> None:
        self._layers = list(layers)
        self._batch = batch

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        """Keys and values of everything so far, ``(batch, key heads, tokens, head width)``."""
        old = self._layers[layer_idx]
        past_keys = old.all_keys.expand(self._batch, -1, -1, -1)
        past_values = old.all_values.expand(self._batch, -1, -1, -1)
        keys = torch.cat((past_keys, key), dim=2)
        values = torch.cat((past_values, value), dim=2)
        self._layers[layer_idx] = LayerCache(keys, values, old.window)
        return keys, values

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self._layers[layer_idx].all_keys.shape[2]

    @property
    def layers(self) -> tuple[LayerCache, ...]:
        return tuple(self._layers)


def causal_masks(past: int, new: int, window: int, device: torch.device) -> dict[str, Tensor]:
    """Who sees whom when ``new`` tokens follow ``past`` ones: ``(1, 1, new, past + new)``."""
    asks = torch.arange(past, past + new, device=device)[:, None]
    asked = torch.arange(past + new, device=device)[None, :]
    full = asked <= asks
    return {
        "full_attention": full[None, None],
        "sliding_attention": (full & (asks - asked < window))[None, None],
    }
