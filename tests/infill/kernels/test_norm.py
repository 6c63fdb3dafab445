"""Norms, rotation, routing and GELU, held against plain torch."""

import pytest
import torch

from mezzotint_infill.kernels import reference
from mezzotint_infill.kernels.gelu import gelu_product
from mezzotint_infill.kernels.norm import add_norms, join_blocks, rms_norm
from mezzotint_infill.kernels.rotary import norm_heads
from mezzotint_infill.kernels.route import route

EPS = 1e-6
TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    rounding = 1e-5 if ours.dtype is torch.float32 else 1e-2
    torch.testing.assert_close(ours, theirs, rtol=rounding, atol=rounding)


@TYPES
@pytest.mark.parametrize("width", [16, 176])
def test_norms_do_as_plain_torch_does(width: int, dtype: torch.dtype, device: torch.device):
    x = torch.randn(2, 3, width, device=device).to(dtype) * 5
    weight = torch.randn(width, device=device).to(dtype)

    close(rms_norm(x, weight, EPS), reference.rms_norm(x, weight, EPS))
    close(rms_norm(x, None, EPS), reference.rms_norm(x, None, EPS))


@TYPES
def test_sums_between_norms_do(dtype: torch.dtype, device: torch.device):
    x, y, residual = torch.randn(3, 2, 3, 80, device=device).to(dtype)
    weights = torch.randn(4, 80, device=device).to(dtype)
    scale = torch.tensor([0.7], device=device).to(dtype)

    ours = add_norms(x, weights[0], residual, weights[1:], EPS)
    theirs = reference.add_norms(x, weights[0], residual, weights[1:], EPS)
    joined = join_blocks(x, y, residual, weights[1:], scale, EPS)

    close(ours[0], theirs[0])
    close(ours[1], theirs[1])
    close(joined, reference.join_blocks(x, y, residual, weights[1:], scale, EPS))


@TYPES
@pytest.mark.parametrize(("heads", "sources"), [((4, 2), 8), ((4, 2), 6), ((2, 1), 3)])
def test_heads_are_normed_and_rotated(
    heads: tuple[int, int], sources: int, dtype: torch.dtype, device: torch.device
):
    """Values have heads of their own, or those of the keys."""
    x = torch.randn(3, sources, 32, device=device).to(dtype)
    weights = torch.randn(3, 32, device=device)
    cos, sin = torch.randn(2, 3, 32, device=device).to(dtype)

    ours = norm_heads(x, weights, cos, sin, EPS, heads)
    theirs = reference.norm_heads(x, weights, cos, sin, EPS, heads)

    assert [part.shape[1] for part in ours] == [heads[0], heads[1], heads[1]]
    for mine, other in zip(ours, theirs, strict=True):
        close(mine, other)


@TYPES
@pytest.mark.parametrize(("experts", "choices"), [(5, 5), (12, 3), (16, 1)])
def test_routing_does(experts: int, choices: int, dtype: torch.dtype, device: torch.device):
    # No two scores are equal: of equals, torch promises no order.
    scores = torch.stack([torch.randperm(experts) for _ in range(6)]).to(device, dtype) / 3
    expert_scale = torch.rand(experts, device=device).to(dtype)

    weights, chosen = route(scores, expert_scale, choices)
    theirs, their_choice = reference.route(scores, expert_scale, choices)

    assert torch.equal(chosen, their_choice)
    close(weights, theirs)


def test_of_equal_scores_the_first_expert_is_chosen(device: torch.device):
    _weights, chosen = route(torch.zeros(1, 6, device=device), torch.ones(6, device=device), 3)

    assert chosen.tolist() == [[0, 1, 2]]


def test_gelu_holds_at_its_ends(device: torch.device):
    gate = torch.tensor([[-100.0, -3.0, -0.1, 0.0, 0.1, 3.0, 100.0]], device=device)
    up = torch.full_like(gate, 2.0)

    ours = gelu_product(torch.cat((gate, up), dim=-1))

    close(ours, torch.nn.functional.gelu(gate, approximate="tanh") * up)
