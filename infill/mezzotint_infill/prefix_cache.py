"""The encoder's keys and values of a prompt: cut back to what still holds, then grown again.

They lie in buffers that one prompt after the other is written into (``ring.py``). A
:class:`PrefixCache` is what one prompt left there, and good until the next one is read into the same
buffers; from then on it raises :class:`StalePrefixError`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.ring import LayerRing, Reach


class StalePrefixError(RuntimeError):
    """A prompt is asked for whose place another one has taken: a fault in the calling code."""

    def __init__(self) -> None:
        super().__init__("Another prompt has been read over this one; read it again.")


class PrefixBuffers:
    """All layers' keys and values, and whose they are: the prompt's of the newest edition."""

    def __init__(self, rings: Sequence[LayerRing]) -> None:
        self.rings = tuple(rings)
        self.edition = 0

    @property
    def bytes(self) -> int:
        return sum(ring.bytes for ring in self.rings)

    def begin(self, place: int) -> int:
        """Void what is there from ``place`` on, as far as it can be taken back; where to go on."""
        self.edition += 1
        return place if all(ring.holds_window_of(place) for ring in self.rings) else 0


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """What one prompt left behind. Read-only, but not for ever: see the module."""

    tokens: tuple[int, ...]
    last_hidden: Tensor  # (1, 1, H) the encoder's output at the last token
    _buffers: PrefixBuffers
    _edition: int

    @classmethod
    def newest(
        cls, tokens: Sequence[int], last_hidden: Tensor, buffers: PrefixBuffers
    ) -> "PrefixCache":
        """Of the tokens that have been written last."""
        return cls(tuple(tokens), last_hidden, buffers, buffers.edition)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def is_stale(self) -> bool:
        return self._edition != self._buffers.edition

    @property
    def buffers(self) -> PrefixBuffers:
        """Raises :class:`StalePrefixError`."""
        if self.is_stale:
            raise StalePrefixError
        return self._buffers

    def is_of(self, tokens: Sequence[int]) -> bool:
        """Whether it is all of this prompt. Raises :class:`StalePrefixError`."""
        if self.is_stale:
            raise StalePrefixError
        return self.tokens == tuple(tokens)

    def common(self, tokens: Sequence[int]) -> int:
        """How many leading tokens of another prompt are already here."""
        for place, (mine, theirs) in enumerate(zip(self.tokens, tokens, strict=False)):
            if mine != theirs:
                return place
        return min(len(self.tokens), len(tokens))


def empty_buffers(layers: Iterable[tuple[Any, Reach]]) -> PrefixBuffers:
    """For a decoder's attentions, each with how far it looks."""
    rings: list[LayerRing] = []
    for attention, reach in layers:
        heads = attention.config.num_attention_heads // attention.num_key_value_groups
        # Norms are in the precision that is computed in, whatever the matrices are kept in.
        empty = attention.k_norm.weight.new_empty(1, heads, 0, attention.head_dim)
        rings.append(LayerRing(empty, reach))
    return PrefixBuffers(rings)


class _Pass:
    """What transformers' layers ask of a cache, for as long as one pass takes.

    Names and arguments are those of ``transformers.Cache``.
    """

    is_compileable = False
    """Tells transformers' decoder to concatenate rather than to write into a fixed buffer."""

    def __init__(self, buffers: PrefixBuffers, past: int) -> None:
        self._rings, self._past = buffers.rings, past

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self._past


class WritingPass(_Pass):
    """The encoder reads a piece of the prompt, which goes behind what is there."""

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        """Keys and values of all that the piece sees, ``(1, key heads, tokens, head width)``."""
        ring = self._rings[layer_idx]
        ring.write(key, value, self._past)
        if self._past == 0:
            return key, value
        return _joined(ring.pieces(ring.reach.start(self._past), self._past + key.shape[2]))


class ReadingPass(_Pass):
    """Canvases or texts, ``batch`` of them, behind the prompt, which stays as it is."""

    def __init__(self, prefix: PrefixCache, batch: int) -> None:
        super().__init__(prefix.buffers, len(prefix))
        self._batch = batch

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        """Keys and values of all that they see, ``(batch, key heads, tokens, head width)``."""
        ring = self._rings[layer_idx]
        seen = [
            (keys.expand(self._batch, -1, -1, -1), values.expand(self._batch, -1, -1, -1))
            for keys, values in ring.pieces(ring.reach.start(self._past), self._past)
        ]
        return _joined([*seen, (key, value)])


def causal_masks(past: int, new: int, window: int, device: torch.device) -> dict[str, Tensor]:
    """Who sees whom when ``new`` tokens follow ``past`` ones: ``(1, 1, new, shown + new)``.

    Sliding layers are shown no more of the past than the first of the new tokens sees.
    """
    asks = torch.arange(past, past + new, device=device)[:, None]
    asked = torch.arange(past + new, device=device)[None, :]
    full = asked <= asks
    near = full & (asks - asked < window)
    first = max(0, past - (window - 1))
    return {"full_attention": full[None, None], "sliding_attention": near[None, None, :, first:]}


def _joined(pieces: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    if len(pieces) == 1:
        return pieces[0]
    keys, values = zip(*pieces, strict=True)
    return torch.cat(keys, dim=2), torch.cat(values, dim=2)
