"""Linear layers in every format, held against the dequantized weight."""

from typing import Any
from unittest.mock import patch

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from mezzotint_infill.kernels import reference
from mezzotint_infill.kernels.linear import MOST_ROWS, linear, tiled_linear
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized import embedding
from mezzotint_infill.quantized.embedding import QuantizedEmbedding, QuantizedHead
from mezzotint_infill.quantized.weight import quantize


@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize(("rows", "outputs", "inputs"), [(1, 64, 64), (17, 40, 192), (65, 33, 128)])
def test_it_does_as_plain_torch_does(
    rows: int, outputs: int, inputs: int, kind: Format, device: torch.device
):
    for dtype in (torch.float32, torch.bfloat16):
        weight = quantize(torch.randn(outputs, inputs).to(dtype), kind).to(device)
        x = torch.randn(rows, inputs, device=device).to(dtype)

        ours, theirs = tiled_linear(x, weight), reference.linear(x, weight)

        close(ours, theirs)


@pytest.mark.parametrize("kind", [Format.BF16, Format.FP8])
def test_inputs_need_not_fill_the_last_tile(kind: Format, device: torch.device):
    weight = quantize(torch.randn(32, 80), kind).to(device)
    x = torch.randn(3, 80, device=device)

    ours, theirs = tiled_linear(x, weight), reference.linear(x, weight)

    close(ours, theirs)


@pytest.mark.parametrize("rows", [0, 4, 300])
def test_many_rows_and_none_and_more_dimensions_are_as_good(rows: int, device: torch.device):
    weight = quantize(torch.randn(32, 64), Format.FP8).to(device)
    x = torch.randn(2, rows, 64, device=device)

    ours, theirs = linear(x, weight), reference.linear(x, weight)

    close(ours, theirs)


class Widest(TorchDispatchMode):
    """Remembers the largest table of numbers that are no bits."""

    size = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.dtype in (torch.float32, torch.bfloat16):
            self.size = max(self.size, made.numel())
        return made


@pytest.mark.parametrize("rows", [5, 300])
def test_the_output_layer_does_not_write_its_table_down(rows: int, device: torch.device):
    vocabulary, width = 1200, 64
    weight = quantize(torch.randn(vocabulary, width), Format.FP8).to(device)
    head = QuantizedHead(QuantizedEmbedding(weight, 1.0, torch.float32))
    hidden = torch.randn(rows, width, device=device)

    with Widest() as widest, patch.object(embedding, "ROWS", 100):
        scores = head(hidden)

    close(scores, reference.linear(hidden, weight))
    parts = 100 * width if rows > MOST_ROWS else 0
    assert widest.size <= max(rows * vocabulary, parts)


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    """A card multiplies float32 with 10 bits of fraction, the interpreter cuts bfloat16."""
    is_exact = ours.dtype is torch.float32 and ours.device.type == "cpu"
    rtol, atol = (1e-4, 1e-4) if is_exact else (2e-2, 0.1)
    torch.testing.assert_close(ours, theirs, rtol=rtol, atol=atol)
