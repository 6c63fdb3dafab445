"""A layer's own way through the kernels, with no more launches than it has matrices and a few.

transformers' layer is a chain of small operations: a norm is six, a rotation and a router about ten
each, and on a card every one of them costs more to start than to do. The matrices are multiplied by
the layer's own modules, whatever their weights are kept in.

It rounds where the kernels do (``kernels/norm.py``), which is less often than transformers does.
"""

from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from mezzotint_infill.kernels.gelu import gelu_product
from mezzotint_infill.kernels.norm import add_norms, join_blocks, rms_norm
from mezzotint_infill.kernels.rotary import norm_heads
from mezzotint_infill.kernels.route import route
from mezzotint_infill.network import shared_attention
from mezzotint_infill.quantized.stack import stack_of

_NORMS = (
    "input_layernorm",
    "post_attention_layernorm",
    "pre_feedforward_layernorm",
    "pre_feedforward_layernorm_2",
    "post_feedforward_layernorm_1",
    "post_feedforward_layernorm_2",
    "post_feedforward_layernorm",
)
_ROUTER = ("norm", "proj", "scale", "scalar_root_size", "per_expert_scale")


class Cache(Protocol):
    """Where a layer's keys and values go, and what it sees comes from."""

    def update(self, key: Tensor, value: Tensor, layer_idx: int) -> tuple[Tensor, Tensor]:
        """Keys and values ``(B, key heads, places, D)``."""
        ...


def fuse(layer: Any) -> None:
    """Let a layer of the encoder or the decoder go this way, if it is made as this file knows it.

    One with a single expert is not: it has no router.
    """
    if _is_known(layer):
        layer.forward = partial(_forward, _Fused(layer))


def _is_known(layer: Any) -> bool:
    """Whether these are the seven norms, the router and the heads that kernels are for."""
    if not all(hasattr(layer, name) for name in (*_NORMS, "layer_scalar", "mlp", "experts")):
        return False
    attention: Any = layer.self_attn
    router: Any = getattr(layer, "router", None)
    if not all(hasattr(router, name) for name in _ROUTER):
        return False
    norms = [getattr(layer, name) for name in _NORMS]
    norms += [router.norm, attention.q_norm, attention.k_norm, attention.v_norm]
    width: int = attention.head_dim
    return len({norm.eps for norm in norms}) == 1 and width & (width - 1) == 0


class _Fused:
    """A layer, and its norms' weights one below the other, as the kernels take them."""

    def __init__(self, layer: Any) -> None:
        self.layer, self.attention, self.router = layer, layer.self_attn, layer.router
        self.eps: float = layer.input_layernorm.eps
        self.choices: int = layer.router.config.top_k_experts
        # In float32, for the router's scale and the root that it is divided by to be one factor.
        routing = layer.router.scale.float() * layer.router.scalar_root_size
        before = (layer.pre_feedforward_layernorm, layer.pre_feedforward_layernorm_2)
        after = (
            layer.post_feedforward_layernorm_1,
            layer.post_feedforward_layernorm_2,
            layer.post_feedforward_layernorm,
        )
        self.before = torch.stack([*(norm.weight.float() for norm in before), routing]).detach()
        self.after = torch.stack([norm.weight.float() for norm in after]).detach()
        self._read_attention(layer.self_attn)
        self._gate_up = stack_of((layer.mlp.gate_proj, layer.mlp.up_proj))

    def _read_attention(self, attention: Any) -> None:
        query, keys = attention.q_norm.weight.float(), attention.k_norm.weight.float()
        # Values are normed and no more.
        self.of_heads = torch.stack([query, keys, torch.ones_like(keys)]).detach()
        heads: int = attention.config.num_attention_heads
        self.heads = heads, heads // attention.num_key_value_groups
        projections = (attention.q_proj, attention.k_proj, attention.v_proj)
        self._projections: list[nn.Module] = [each for each in projections if each is not None]
        self._together = stack_of(self._projections)

    def project(self, normed: Tensor) -> Tensor:
        """What queries, keys and values are made of, beside one another."""
        if self._together is not None:
            return self._together(normed)
        return torch.cat([project(normed) for project in self._projections], dim=-1)

    def feed(self, x: Tensor) -> Tensor:
        """The dense block."""
        mlp = self.layer.mlp
        if self._gate_up is None:
            return mlp(x)
        both = self._gate_up(x).flatten(0, 1)
        return mlp.down_proj(gelu_product(both)).view(x.shape)


def _forward(
    fused: _Fused,
    hidden_states: Tensor,
    position_embeddings: tuple[Tensor, Tensor],
    attention_mask: Tensor | None = None,
    past_key_values: Cache | None = None,
    **_told: Any,
) -> Tensor:
    """Called as transformers calls its layers, with hidden states ``(B, T, H)``."""
    layer, eps = fused.layer, fused.eps
    normed = rms_norm(hidden_states, layer.input_layernorm.weight, eps)
    attended = _attend(fused, normed, position_embeddings, attention_mask, past_key_values)
    between = layer.post_attention_layernorm.weight
    residual, (dense, rows, routed) = add_norms(attended, between, hidden_states, fused.before, eps)
    scores = fused.router.proj(routed.flatten(0, 1))
    weights, chosen = route(scores, fused.router.per_expert_scale, fused.choices)
    experts = layer.experts(rows.flatten(0, 1), chosen, weights).view(residual.shape)
    return join_blocks(fused.feed(dense), experts, residual, fused.after, layer.layer_scalar, eps)


def _attend(
    fused: _Fused,
    normed: Tensor,
    position_embeddings: tuple[Tensor, Tensor],
    mask: Tensor | None,
    cache: Cache | None,
) -> Tensor:
    """Attention's outcome ``(B, T, H)``; full layers have no values but what they make keys of."""
    attention = fused.attention
    batch, tokens, _ = normed.shape
    # One row of places does for all canvases.
    cos, sin = (
        part.expand(batch, -1, -1).reshape(batch * tokens, -1) for part in position_embeddings
    )

    def by_head(rows: Tensor) -> Tensor:
        return rows.view(batch, tokens, -1, attention.head_dim).transpose(1, 2)

    heads = fused.project(normed).view(batch * tokens, -1, attention.head_dim)
    normed_heads = norm_heads(heads, fused.of_heads, cos, sin, fused.eps, fused.heads)
    query, keys, values = map(by_head, normed_heads)
    if cache is not None:
        keys, values = cache.update(keys, values, attention.layer_idx)
    mixed, _ = shared_attention(attention, query, keys, values, mask, attention.scaling)
    return attention.o_proj(mixed.reshape(batch, tokens, -1))
