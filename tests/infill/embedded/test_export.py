"""The lean model and the exported one are the same function."""

from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.embedded.export import export_checkpoint, read_checkpoint
from mezzotint_infill.embedded.lean import LeanModel
from mezzotint_infill.embedded.shape import Rows, Shape
from mezzotint_infill.embedded.tokenizer import train_tokenizer
from mezzotint_infill.model import Model, load_model

SMALL = Shape(
    vocabulary=300, width=32, layers=3, heads=2, key_heads=1, head_width=16, dense=48, expert=16
)
PROMPT, CANVAS = 11, 9


@pytest.fixture(scope="module")
def lean() -> LeanModel:
    """A random small model, in the precision that is exported."""
    torch.manual_seed(0)
    model = LeanModel(SMALL)
    for parameter in model.parameters():
        parameter.data = (parameter.data + 0.05 * torch.randn_like(parameter)).bfloat16().float()
    return model.eval()


@pytest.fixture(scope="module")
def exported(lean: LeanModel, tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("checkpoint")
    text = "def add(left, right):\n    return left + right\n" * 40
    export_checkpoint(lean, train_tokenizer([text], SMALL.vocabulary), folder)
    return load_model(str(folder), "cpu", torch.float32)


@torch.inference_mode()
def test_the_denoiser_is_the_same(lean: LeanModel, exported: Model) -> None:
    tokens = torch.randint(4, SMALL.vocabulary, (1, PROMPT))
    canvas = torch.randint(4, SMALL.vocabulary, (1, CANVAS))
    soft = torch.randn(1, CANVAS, SMALL.width)
    rows = Rows(tokens, canvas[:, None], torch.full((1, 1), PROMPT), soft[:, None])
    expected = lean.logits(lean(rows)[1])[0, 0]
    prefix = exported.read(ids(tokens[0]))
    places = torch.arange(CANVAS)
    nowhere = torch.zeros_like(places)
    free = FreePositions(nowhere, places, places, nowhere)
    found = exported.logits(prefix, canvas, free, soft)
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-4)


@torch.inference_mode()
def test_the_causal_encoder_is_the_same(lean: LeanModel, exported: Model) -> None:
    tokens = torch.randint(4, SMALL.vocabulary, (1, PROMPT))
    canvas = torch.zeros(1, 1, 2, dtype=torch.long)
    past, _ = lean(Rows(tokens, canvas, torch.ones(1, 1)))
    given = torch.log_softmax(lean.logits(past), dim=-1)[0, 3:-1]
    expected = given.gather(-1, tokens[0, 4:, None]).squeeze(-1)
    ends = range(5, tokens.shape[1] + 1)
    texts = [ids(tokens[0, 4:end]) for end in ends]
    found = exported.log_likelihoods(exported.read(ids(tokens[0, :4])), texts)
    torch.testing.assert_close(torch.tensor(found), expected.cumsum(0), atol=1e-3, rtol=1e-4)


@torch.inference_mode()
def test_a_prompt_that_was_cut_back_and_typed_on_is_as_good_as_a_fresh_one(exported: Model) -> None:
    old, new = [5, 6, 7, 8, 9, 10], [5, 6, 7, 20, 21]
    fresh = exported.read(new)
    grown = exported.read(new, exported.read(old))
    torch.testing.assert_close(grown.last_hidden, fresh.last_hidden)
    for left, right in zip(grown.buffers.rings, fresh.buffers.rings, strict=True):
        torch.testing.assert_close(left.keys[:, :, :5], right.keys[:, :, :5])
        torch.testing.assert_close(left.values[:, :, :5], right.values[:, :, :5])


def test_what_was_exported_can_be_trained_further(lean: LeanModel, tmp_path: Path) -> None:
    export_checkpoint(lean, train_tokenizer(["x = 1\n" * 40], SMALL.vocabulary), tmp_path)
    again = read_checkpoint(tmp_path)
    assert again.shape == lean.shape
    torch.testing.assert_close(again.state_dict(), lean.state_dict())


def ids(tokens: torch.Tensor) -> list[int]:
    untyped: Any = tokens
    return untyped.tolist()
