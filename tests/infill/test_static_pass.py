"""Passes that a graph could record: the same scores, whatever lies in the buffers beside."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Hole
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prefix_cache import PrefixCache, StalePrefixError

WINDOW, STRIDE, SLACK, CONTEXT = 16, 8, 16, 1000
PROMPTS = st.lists(st.integers(4, 299), min_size=1, max_size=120)


@pytest.fixture(scope="module")
def make(mixture_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Model]:
    """Loads a mixture of experts whose window is shorter than the prompts."""
    folder = shutil.copytree(mixture_checkpoint, tmp_path_factory.mktemp("short") / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["sliding_window"] = WINDOW
    (folder / "config.json").write_text(json.dumps(config))

    def load() -> Model:
        model = load_model(str(folder), "cpu", torch.float32)
        model.stride, model.slack = STRIDE, SLACK
        return model

    return load


class Widest(TorchDispatchMode):
    """Remembers the most numbers that a tensor has whose last dimension is as wide as a head."""

    numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        is_new = func.overloadpacket.__name__ in ("cat", "clone", "_to_copy", "copy")
        if is_new and isinstance(made, Tensor) and made.shape[-1:] in ((64,), (128,)):
            self.numbers = max(self.numbers, made.numel())
        return made


@pytest.fixture(scope="module")
def plain(make: Callable[[], Model]) -> Model:
    return make()


@pytest.fixture(scope="module")
def settled(make: Callable[[], Model]) -> Model:
    model = make()
    model.settle(CONTEXT)
    return model


def answers(model: Model, prefix: PrefixCache, rows: int, columns: int) -> Tensor:
    """Scores at all positions of some canvases behind the prompt."""
    canvas = (torch.arange(columns) + 7 * torch.arange(rows)[:, None]) % 290 + 4
    where, places = torch.ones_like(canvas).nonzero(as_tuple=True)
    free = FreePositions(where, places, places, torch.zeros_like(where))
    return model.logits(prefix, canvas, free, model.embed(canvas.flip(1)))


@settings(max_examples=25)
@given(PROMPTS, st.integers(1, 4), st.integers(1, 40))
def test_a_static_pass_says_what_a_plain_one_says(
    plain: Model, settled: Model, prompt: list[int], rows: int, columns: int
):
    expected = answers(plain, plain.read(prompt), rows, columns)
    found = answers(settled, settled.read(prompt), rows, columns)
    torch.testing.assert_close(found, expected, atol=3e-4, rtol=1e-4)


@settings(max_examples=15)
@given(PROMPTS, PROMPTS, st.integers(1, 3), st.integers(1, 32))
def test_nothing_that_was_read_or_filled_before_changes_a_bit(
    settled: Model, before: list[int], prompt: list[int], rows: int, columns: int
):
    first = answers(settled, settled.read(prompt), rows, columns)
    other = settled.read([*prompt[: len(prompt) // 2], *before], settled.read(before))
    answers(settled, other, 4, 40)
    again = answers(settled, settled.read(prompt, other), rows, columns)
    assert torch.equal(first, again)


def test_there_is_one_prompt_at_a_time(settled: Model):
    old = settled.read([5, 6, 7])
    settled.read([8, 9])
    with pytest.raises(StalePrefixError):
        answers(settled, old, 1, 4)


def test_a_prompt_longer_than_was_settled_is_still_read(make: Callable[[], Model], plain: Model):
    model = make()
    model.settle(1)  # rounded up to what room is made for at once
    prompt = [4 + number % 290 for number in range(1100)]
    found = answers(model, model.read(prompt), 2, 9)
    torch.testing.assert_close(
        found, answers(plain, plain.read(prompt), 2, 9), atol=3e-4, rtol=1e-4
    )


@pytest.mark.parametrize(("rows", "columns"), [(5, 64), (3, 100), (2, 256), (1, 257)])
def test_more_positions_than_the_largest_size_take_turns_or_go_the_plain_way(
    plain: Model, settled: Model, rows: int, columns: int
):
    prompt = list(range(20, 70))
    expected = answers(plain, plain.read(prompt), rows, columns)
    found = answers(settled, settled.read(prompt), rows, columns)
    torch.testing.assert_close(found, expected, atol=3e-4, rtol=1e-4)


TEXT = st.lists(st.integers(4, 299), max_size=60)


@settings(max_examples=25)
@given(PROMPTS, st.lists(TEXT, min_size=1, max_size=12).filter(any))
def test_texts_are_judged_as_one_by_one(
    plain: Model, settled: Model, prompt: list[int], texts: list[list[int]]
):
    """Longer together than the largest size, too, and longer than the window."""
    expected = [
        plain.log_likelihoods(plain.read(prompt), [text])[0] if text else 0.0 for text in texts
    ]
    found = settled.log_likelihoods(settled.read(prompt), texts)
    assert found == pytest.approx(expected, rel=1e-4, abs=2e-3)


@pytest.mark.parametrize("longest", [257, 258, 300])
def test_a_text_that_is_longer_than_the_largest_size_is_judged_as_before(
    plain: Model, settled: Model, longest: int
):
    prompt, texts = list(range(20, 70)), [[5] * longest, [7, 8]]
    expected = plain.log_likelihoods(plain.read(prompt), texts)
    found = settled.log_likelihoods(settled.read(prompt), texts)
    assert found == pytest.approx(expected, rel=1e-4)


def test_a_prompt_is_copied_neither_for_each_text_nor_for_each_canvas(settled: Model):
    """Of keys and values of a prompt, nothing is made that has more than one row of them."""
    prefix = settled.read([4 + number % 290 for number in range(900)])
    for work in (
        lambda: settled.log_likelihoods(prefix, [[5 + row] * 10 for row in range(12)]),
        lambda: answers(settled, prefix, 12, 40),
    ):
        with Widest() as widest:
            work()
        assert 0 < widest.numbers < 12 * 900 * 64


@pytest.mark.parametrize(
    "hole", ["def add(a, b):\n    re‸b\n", "import os\n\n\nclass A‸\n    x = 1\n"]
)
def test_the_embedded_model_fills_a_hole_in_the_same_way(hole: str):
    prefix, _, suffix = hole.partition("‸")
    settled = load_model("embedded", "cpu", torch.float32)
    settled.settle(settled.context)
    fills = [
        Filler(model).fill(Hole(prefix, suffix), InfillOptions(seed=1), Cancellation(), None)
        for model in (load_model("embedded", "cpu", torch.float32), settled)
    ]
    assert fills[0].text == fills[1].text
    assert fills[0].steps == fills[1].steps
