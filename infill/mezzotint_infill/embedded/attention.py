"""Attention of the lean model: a causal prefix, and several canvases that each read a part of it.

Knows shapes and who sees whom; the layers around it are in ``lean.py``.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mezzotint_infill.embedded.shape import Rows, Shape

EPS = 1e-6


class Norm(nn.Module):
    """Root-mean-square norm, in float32 whatever comes in."""

    def __init__(self, width: int, start: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), start))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, EPS).to(x.dtype)


class Attention(nn.Module):
    """Grouped queries; in a full layer the values are the keys before their norm."""

    def __init__(self, shape: Shape, *, is_full: bool) -> None:
        super().__init__()
        self.shape, self.is_full = shape, is_full
        inner, keys = shape.heads * shape.head_width, shape.key_heads * shape.head_width
        self.q_proj = nn.Linear(shape.width, inner, bias=False)
        self.k_proj = nn.Linear(shape.width, keys, bias=False)
        self.v_proj = None if is_full else nn.Linear(shape.width, keys, bias=False)
        self.o_proj = nn.Linear(inner, shape.width, bias=False)
        # The class attends with scale 1; these weights stand in for 1/sqrt(head width).
        self.q_norm = Norm(shape.head_width, shape.head_width**-0.25)
        self.k_norm = Norm(shape.head_width, shape.head_width**-0.25)

    def forward(self, x: Tensor, turn: "Rotation", cuts: "Cuts") -> Tensor:
        batch, length, _ = x.shape
        split = (batch, length, -1, self.shape.head_width)
        raw = self.k_proj(x).view(split)
        value = raw if self.v_proj is None else self.v_proj(x).view(split)
        query = turn.apply(self.q_norm(self.q_proj(x).view(split))).transpose(1, 2)
        key = turn.apply(self.k_norm(raw)).transpose(1, 2)
        value = F.rms_norm(value.float(), (value.shape[-1],), None, EPS).to(x.dtype).transpose(1, 2)
        copies = self.shape.heads // self.shape.key_heads
        key = key.repeat_interleave(copies, 1)
        value = value.repeat_interleave(copies, 1)
        mixed = cuts.attend(query, key, value)  # (B, heads, length, head width)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


class Rotation:
    """Rotary positions of one layer type: ``(B, length, 1, head width)``."""

    def __init__(self, positions: Tensor, frequencies: Tensor) -> None:
        angles = positions[..., None].float() * frequencies
        both = torch.cat((angles, angles), dim=-1)[:, :, None, :]
        self.cos, self.sin = both.cos(), both.sin()

    def apply(self, x: Tensor) -> Tensor:
        left, right = x.chunk(2, dim=-1)
        return (x * self.cos + torch.cat((-right, left), dim=-1) * self.sin).to(x.dtype)


class Cuts:
    """Who sees whom: the prefix its past; a canvas its share of the prefix, and itself."""

    def __init__(self, rows: Rows) -> None:
        _, self.prefix = rows.prefix.shape
        self.batch, self.canvases, self.length = rows.canvas.shape
        places = torch.arange(self.prefix + self.length, device=rows.prefix.device)
        sees = (places < rows.visible[..., None]) | (places >= self.prefix)
        self.mask = sees.reshape(self.batch * self.canvases, 1, 1, -1)
        everything = torch.arange(self.prefix + self.canvases * self.length, device=places.device)
        self.is_canvas = (everything >= self.prefix)[:, None]
        self.past = places[: self.prefix, None] >= places[None, : self.prefix]

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        end = self.prefix
        k_prefix, v_prefix = key[:, :, :end], value[:, :, :end]
        past = _attend(query[:, :, :end], k_prefix, v_prefix, self.past)
        now = _attend(
            self._apart(query[:, :, end:]),
            self._behind(k_prefix, key[:, :, end:]),
            self._behind(v_prefix, value[:, :, end:]),
            self.mask,
        )
        heads, width = now.shape[1], now.shape[3]
        now = now.view(self.batch, self.canvases, heads, self.length, width)
        now = now.transpose(1, 2).reshape(self.batch, heads, -1, width)
        return torch.cat((past, now), dim=2)

    def _apart(self, x: Tensor) -> Tensor:
        """(B, heads, K*C, W) -> (B*K, heads, C, W)."""
        heads, width = x.shape[1], x.shape[3]
        x = x.view(self.batch, heads, self.canvases, self.length, width).transpose(1, 2)
        return x.reshape(self.batch * self.canvases, heads, self.length, width)

    def _behind(self, prefix: Tensor, canvas: Tensor) -> Tensor:
        heads, width = prefix.shape[1], prefix.shape[3]
        shared = prefix[:, None].expand(-1, self.canvases, -1, -1, -1)
        shared = shared.reshape(self.batch * self.canvases, heads, self.prefix, width)
        return torch.cat((shared, self._apart(canvas)), dim=2)


def _attend(query: Tensor, key: Tensor, value: Tensor, sees: Tensor) -> Tensor:
    """Attention written out: compiled, its backward pass is quicker on a CPU than the fused one."""
    scores = (query @ key.transpose(-1, -2)).float().masked_fill(~sees, float("-inf"))
    return torch.softmax(scores, dim=-1).to(value.dtype) @ value
