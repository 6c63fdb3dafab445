"""The model's mathematics without transformers' machinery: the same weights, quick to train.

One pass runs a causal prefix and several canvases that read it, since encoder and decoder share
all weights but a scalar in each layer. Parameter names are those of ``DiffusionGemmaDecoderModel``, so that an export is a
renaming; a test holds the outputs equal to ``DiffusionGemmaForBlockDiffusion``'s.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPS = 1e-6
SOFTCAP = 30.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that make the embedded model small."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 6
    heads: int = 4
    key_heads: int = 2
    head_width: int = 64
    dense: int = 384
    """Inner width of the dense feed-forward block and of self-conditioning."""
    expert: int = 128
    """Inner width of the one expert that runs beside it."""

    @property
    def layer_types(self) -> list[str]:
        """Five sliding layers to a full one; the last is full, as the class demands."""
        last = self.layers - 1
        return [
            "full_attention" if i == last or i % 6 == 5 else "sliding_attention"
            for i in range(self.layers)
        ]

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rows:
    """``B`` rows of a prefix of ``P`` tokens and ``K`` canvases of ``C`` positions that read it."""

    prefix: Tensor  # (B, P) token ids
    canvas: Tensor  # (B, K, C) token ids, noise included
    visible: Tensor  # (B, K) how many tokens of the prefix a canvas reads
    soft: Tensor | None = None  # (B, K, C, H) self-conditioning, scaled; None is zeros


class Norm(nn.Module):
    """Root-mean-square norm, in float32 whatever comes in."""

    def __init__(self, width: int, start: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), start))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, EPS).to(x.dtype)


class GatedFeedForward(nn.Module):
    """The dense block: GELU-gated, no biases."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.gelu(self.gate_proj(x), approximate="tanh") * self.up_proj(x))


class Expert(nn.Module):
    """A mixture of one: the router has nothing to choose and gives it weight 1."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_up_proj = nn.Parameter(torch.randn(1, 2 * inner, width) * width**-0.5)
        self.down_proj = nn.Parameter(torch.randn(1, width, inner) * inner**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = F.linear(x, self.gate_up_proj[0]).chunk(2, dim=-1)
        return F.linear(F.gelu(gate, approximate="tanh") * up, self.down_proj[0])


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


class Layer(nn.Module):
    """Attention, then the dense block and the expert side by side."""

    def __init__(self, shape: Shape, *, is_full: bool) -> None:
        super().__init__()
        width, quiet = shape.width, (2 * shape.layers) ** -0.5
        self.self_attn = Attention(shape, is_full=is_full)
        self.mlp = GatedFeedForward(width, shape.dense)
        self.experts = Expert(width, shape.expert)
        self.input_layernorm = Norm(width)
        self.post_attention_layernorm = Norm(width, quiet)
        self.pre_feedforward_layernorm = Norm(width)
        self.post_feedforward_layernorm = Norm(width, quiet)
        self.post_feedforward_layernorm_1 = Norm(width)
        self.post_feedforward_layernorm_2 = Norm(width)
        self.pre_feedforward_layernorm_2 = Norm(width)
        self.layer_scalar = nn.Parameter(torch.ones(1))
        self.encoder_scalar = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor, turn: "Rotation", cuts: "Cuts") -> Tensor:
        x = x + self.post_attention_layernorm(self.self_attn(self.input_layernorm(x), turn, cuts))
        dense = self.post_feedforward_layernorm_1(self.mlp(self.pre_feedforward_layernorm(x)))
        expert = self.experts(self.pre_feedforward_layernorm_2(x))
        both = dense + self.post_feedforward_layernorm_2(expert)
        x = x + self.post_feedforward_layernorm(both)
        return x * torch.where(cuts.is_canvas, self.layer_scalar, self.encoder_scalar)


class SelfConditioning(GatedFeedForward):
    """Adds what the model thought at the step before to the canvas' embeddings."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__(width, inner)
        self.pre_norm = Norm(width)

    def forward(self, x: Tensor, soft: Tensor | None = None) -> Tensor:
        both = x if soft is None else x + super().forward(self.pre_norm(soft))
        return F.rms_norm(both.float(), (both.shape[-1],), None, EPS).to(x.dtype)


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


class LeanModel(nn.Module):
    """Prefix and canvases in, hidden states out; ``logits`` turns any of them into scores."""

    sliding_frequencies: Tensor
    full_frequencies: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed_scale = shape.width**0.5
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embed_tokens.weight, std=shape.width**-0.5)
        self.layers = nn.ModuleList(
            Layer(shape, is_full=kind == "full_attention") for kind in shape.layer_types
        )
        self.norm = Norm(shape.width)
        self.self_conditioning = SelfConditioning(shape.width, shape.dense)
        frequencies = 1.0 / 10_000 ** (torch.arange(0, shape.head_width, 2) / shape.head_width)
        partial = 1.0 / 1e6 ** (torch.arange(0, shape.head_width, 2) / shape.head_width)
        partial[shape.head_width // 8 :] = 0.0  # "proportional" rotary positions turn a quarter
        self.register_buffer("sliding_frequencies", frequencies, persistent=False)
        self.register_buffer("full_frequencies", partial, persistent=False)

    def embed(self, tokens: Tensor) -> Tensor:
        return self.embed_tokens(tokens) * self.embed_scale

    def forward(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """Hidden states of the prefix ``(B, P, H)`` and of the canvases ``(B, K, C, H)``."""
        batch, canvases, length = rows.canvas.shape
        inputs = self.self_conditioning(self.embed(rows.canvas), rows.soft)
        x = torch.cat((self.embed(rows.prefix), inputs.flatten(1, 2)), dim=1)
        steps = torch.arange(length, device=x.device)
        places = torch.cat((
            torch.arange(rows.prefix.shape[1], device=x.device).expand(batch, -1),
            (rows.visible[..., None] + steps).flatten(1),
        ), dim=1)  # fmt: skip
        cuts = Cuts(rows)
        sliding = Rotation(places, self.sliding_frequencies)
        full = Rotation(places, self.full_frequencies)
        for layer, kind in zip(self.layers, self.shape.layer_types, strict=True):
            x = layer(x, full if kind == "full_attention" else sliding, cuts)
        x = self.norm(x)
        past, now = x.split([rows.prefix.shape[1], canvases * length], dim=1)
        return past, now.view(batch, canvases, length, -1)

    def logits(self, hidden: Tensor) -> Tensor:
        raw = F.linear(hidden, self.embed_tokens.weight).float()
        return torch.tanh(raw / SOFTCAP) * SOFTCAP
