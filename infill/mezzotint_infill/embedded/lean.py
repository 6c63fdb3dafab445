"""The model's mathematics without transformers' machinery: the same weights, quick to train.

One pass runs a causal prefix and several canvases that read it, since encoder and decoder share
all weights but a scalar in each layer. Parameter names are those of
``DiffusionGemmaDecoderModel``, so that an export is a renaming; a test holds the outputs equal to
``DiffusionGemmaForBlockDiffusion``'s.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mezzotint_infill.embedded.attention import EPS, Attention, Cuts, Norm, Rotation
from mezzotint_infill.embedded.shape import Rows, Shape

SOFTCAP = 30.0


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
    """A mixture of one: the router has nothing to choose and gives it weight 1.

    The class has a dimension more for its experts; here they are matrices, for Muon.
    """

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_up_proj = nn.Parameter(torch.randn(2 * inner, width) * width**-0.5)
        self.down_proj = nn.Parameter(torch.randn(width, inner) * inner**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = F.linear(x, self.gate_up_proj).chunk(2, dim=-1)
        return F.linear(F.gelu(gate, approximate="tanh") * up, self.down_proj)


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

    def forward(self, x: Tensor, turn: Rotation, cuts: Cuts) -> Tensor:
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
