"""The kernels in plain torch, for every device: what the tests hold them to, and what CPUs run."""

import torch
import torch.nn.functional as F
from torch import Tensor

from mezzotint_infill.kernels.noise import gumbel_noise
from mezzotint_infill.kernels.sample import Sampled
from mezzotint_infill.kernels.scores import Scores
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight


def fused_experts(
    hidden: Tensor, top_k_index: Tensor, top_k_weights: Tensor, gate_up: Weight, down: Weight
) -> Tensor:
    """As :func:`mezzotint_infill.kernels.moe.fused_experts`; each sum is of float32."""
    total = torch.zeros(hidden.shape, device=hidden.device)
    up_weight, down_weight = gate_up.dequantized(torch.float32), down.dequantized(torch.float32)
    for token, choice in (top_k_index >= 0).nonzero():
        expert = top_k_index[token, choice]
        gate, up = F.linear(hidden[token].float(), up_weight[expert]).chunk(2)
        inner = (F.gelu(gate, approximate="tanh") * up).to(hidden.dtype)
        out = F.linear(inner.float(), down_weight[expert])
        total[token] += top_k_weights[token, choice] * out
    return total.to(hidden.dtype)


def sample(scores: Scores, noise: Tensor, slots: Tensor) -> Sampled:
    """As :func:`mezzotint_infill.kernels.sample.sample`."""
    tempered = scores.tempered()
    log_chances = torch.log_softmax(tempered, dim=-1)
    chances = log_chances.exp()
    surprise = torch.where(chances > 0, chances * log_chances, 0.0)
    noisy = tempered + gumbel_noise(noise, slots, tempered.shape[1])
    return Sampled(
        tempered.argmax(dim=-1),
        noisy.argmax(dim=-1),
        -surprise.sum(dim=-1),
        tempered.logsumexp(dim=-1),
    )


def log_chances(logits: Tensor, cap: float, tokens: Tensor) -> Tensor:
    """As :func:`mezzotint_infill.kernels.likelihood.log_chances`."""
    capped = (logits.float() / cap).tanh() * cap
    return torch.log_softmax(capped, dim=-1).gather(-1, tokens[:, None]).squeeze(-1)


def soften(scores: Scores, log_sum_exp: Tensor, embeddings: Weight, scale: float) -> Tensor:
    """As :func:`mezzotint_infill.kernels.soften.soften`."""
    chances = (scores.tempered() - log_sum_exp[:, None]).exp()
    table = embeddings.dequantized(torch.float32)
    is_plain = embeddings.format is Format.BF16
    return ((chances @ table) * scale).to(embeddings.data.dtype if is_plain else torch.bfloat16)


def linear(x: Tensor, weight: Weight) -> Tensor:
    """As :func:`mezzotint_infill.kernels.linear.linear`; the sum is of float32."""
    return F.linear(x.float(), weight.dequantized(torch.float32)).to(x.dtype)


def rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """As :func:`mezzotint_infill.kernels.norm.rms_norm`."""
    return _norm(x, weight, eps).to(x.dtype)


def add_norms(
    x: Tensor, weight: Tensor, residual: Tensor, next_weights: Tensor, eps: float
) -> tuple[Tensor, Tensor]:
    """As :func:`mezzotint_infill.kernels.norm.add_norms`."""
    total = (residual.float() + _norm(x, weight, eps)).to(x.dtype)
    return total, torch.stack([rms_norm(total, each, eps) for each in next_weights])


def join_blocks(
    dense: Tensor, experts: Tensor, residual: Tensor, weights: Tensor, scale: Tensor, eps: float
) -> Tensor:
    """As :func:`mezzotint_infill.kernels.norm.join_blocks`."""
    both = _norm(dense, weights[0], eps) + _norm(experts, weights[1], eps)
    return ((residual.float() + _norm(both, weights[2], eps)) * scale.float()).to(dense.dtype)


def norm_heads(
    x: Tensor, weights: Tensor, cos: Tensor, sin: Tensor, eps: float, heads: tuple[int, int]
) -> tuple[Tensor, Tensor, Tensor]:
    """As :func:`mezzotint_infill.kernels.rotary.norm_heads`."""
    asking, sought = heads[0], sum(heads)
    keys = x[:, asking:sought]
    values = x[:, sought:] if x.shape[1] > sought else keys
    return (
        _rotated(_norm(x[:, :asking], weights[0], eps), cos, sin).to(x.dtype),
        _rotated(_norm(keys, weights[1], eps), cos, sin).to(x.dtype),
        _norm(values, weights[2], eps).to(x.dtype),
    )


def _rotated(normed: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = normed.chunk(2, dim=-1)
    turned = torch.cat((-right, left), dim=-1)
    return normed * cos.float()[:, None] + turned * sin.float()[:, None]


def route(scores: Tensor, expert_scale: Tensor, choices: int) -> tuple[Tensor, Tensor]:
    """As :func:`mezzotint_infill.kernels.route.route`; of equals, torch chooses any."""
    shares = scores.float().softmax(dim=-1)
    weights, chosen = shares.topk(choices, dim=-1)
    return weights / weights.sum(dim=-1, keepdim=True) * expert_scale.float()[chosen], chosen


def _norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    normed = x.float() * (x.float().pow(2).mean(dim=-1, keepdim=True) + eps).rsqrt()
    return normed if weight is None else normed * weight.float()
