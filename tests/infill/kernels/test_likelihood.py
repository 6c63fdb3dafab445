"""How likely given tokens are, held against plain torch."""

import pytest
import torch

from mezzotint_infill.kernels import reference
from mezzotint_infill.kernels.likelihood import log_chances


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("rows", "vocabulary"), [(1, 4096), (5, 300), (3, 9001)])
def test_it_does_as_plain_torch_does(
    rows: int, vocabulary: int, dtype: torch.dtype, device: torch.device
):
    logits = (20 * torch.randn(rows, vocabulary, device=device)).to(dtype)
    tokens = torch.randint(vocabulary, (rows,), device=device)
    tokens[0] = vocabulary - 1

    ours = log_chances(logits, 30.0, tokens)

    torch.testing.assert_close(
        ours, reference.log_chances(logits, 30.0, tokens), rtol=1e-5, atol=2e-5
    )


def test_every_token_together_is_certain(device: torch.device):
    logits = torch.randn(1, 50, device=device).expand(50, -1)

    ours = log_chances(logits, 30.0, torch.arange(50, device=device))

    assert ours.exp().sum().item() == pytest.approx(1.0, abs=1e-5)
