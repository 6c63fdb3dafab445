"""Mixtures of experts in every format, held against one expert after the other."""

import pytest
import torch
from torch import Tensor

from mezzotint_infill.kernels import reference
from mezzotint_infill.kernels.moe import fused_experts, grouped_experts, tile_rows, tiled_experts
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import Weight, quantize

EXPERTS, INNER, HIDDEN = 5, 192, 128
CHOSEN = {
    "one token": [[3, 1, 4]],
    "not a multiple of the tile": [[row % 5, (row + 2) % 5, (row + 3) % 5] for row in range(19)],
    "experts without tokens": [[0, 4, 0]] * 6,
    "all tokens at one expert": [[2, 2, 2]] * 9,
}


def experts(kind: Format, dtype: torch.dtype, device: torch.device) -> tuple[Weight, Weight]:
    gate_up = torch.randn(EXPERTS, 2 * INNER, HIDDEN) / HIDDEN**0.5
    down = torch.randn(EXPERTS, HIDDEN, INNER) / INNER**0.5
    weights = [quantize(each.to(dtype), kind).to(device) for each in (gate_up, down)]
    return weights[0], weights[1]


def tokens(
    chosen: list[list[int]], dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    index = torch.tensor(chosen, device=device)
    hidden = torch.randn(len(chosen), HIDDEN, device=device).to(dtype)
    return hidden, index, torch.rand(index.shape, device=device)


def is_close(ours: Tensor, theirs: Tensor) -> bool:
    """Within what rounding to the type takes; the interpreter cuts bfloat16 instead."""
    allowed = 1e-5 if ours.dtype is torch.float32 and ours.device.type == "cpu" else 2e-2
    error, size = (float(each.float().square().sum()) for each in (ours - theirs, theirs))
    return error**0.5 <= allowed * size**0.5


@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize("chosen", CHOSEN.values(), ids=CHOSEN)
def test_the_tiles_do_as_plain_torch_does(
    chosen: list[list[int]], kind: Format, device: torch.device
):
    for dtype in (torch.float32, torch.bfloat16):
        given = (*tokens(chosen, dtype, device), *experts(kind, dtype, device))

        assert is_close(tiled_experts(*given), reference.fused_experts(*given))


@pytest.mark.parametrize("chosen", CHOSEN.values(), ids=CHOSEN)
def test_so_does_the_grouped_product_for_weights_that_are_not_quantized(
    chosen: list[list[int]], device: torch.device
):
    dtype = torch.bfloat16
    given = (*tokens(chosen, dtype, device), *experts(Format.BF16, dtype, device))

    assert is_close(grouped_experts(*given), reference.fused_experts(*given))
    assert is_close(fused_experts(*given), reference.fused_experts(*given))


def test_tiles_of_any_height_do(device: torch.device):
    """As many tokens as make the tile 64 rows high, of which some blocks fill only a few."""
    chosen = [[0, 1 + row % 4] for row in range(120)]
    assert tile_rows(240, EXPERTS) == 64
    dtype = torch.bfloat16

    given = (*tokens(chosen, dtype, device), *experts(Format.INT4_G64, dtype, device))

    assert is_close(tiled_experts(*given), reference.fused_experts(*given))


def test_what_a_token_gets_does_not_depend_on_the_others(device: torch.device):
    """Bit for bit, and so a fill is the same whatever else is in its batch."""
    dtype = torch.bfloat16
    hidden, index, weights = tokens(CHOSEN["not a multiple of the tile"], dtype, device)
    made = experts(Format.FP8, dtype, device)

    together = tiled_experts(hidden, index, weights, *made)
    alone = tiled_experts(hidden[-1:], index[-1:], weights[-1:], *made)

    assert torch.equal(together[-1:], alone)


@pytest.mark.parametrize(("tokens", "rows"), [(8, 16), (64, 16), (128, 16), (256, 32), (640, 64)])
def test_a_tile_is_as_high_as_the_rows_of_an_expert(tokens: int, rows: int):
    """Of 128 experts, 8 for each token."""
    assert tile_rows(8 * tokens, 128) == rows
