"""Many positions are looked at in parts: with the same outcome, and never a larger table."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.chance import Chance, ChanceInTurn, ChanceOfEach
from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Freed, Hole, Rewrite
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.options import InfillOptions

POSITIONS, WIDTH, VOCABULARY = 11, 32, 300
TEXTS = [list(range(20, 20 + length)) for length in (5, 1, 9, 3)]


class Widest(TorchDispatchMode):
    """Remembers the most rows of a table as wide as the vocabulary."""

    rows = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and made.shape[-1:] == (VOCABULARY,) and made.dim() == 2:
            self.rows = max(self.rows, len(made))
        return made


def free_positions() -> FreePositions:
    each = torch.arange(POSITIONS)
    return FreePositions(each % 2, each, each // 2, torch.zeros_like(each))


def believed(model: Model, hidden: Tensor, chance: Chance) -> Beliefs:
    forbidden = torch.zeros(4, VOCABULARY, dtype=torch.bool)
    forbidden[:, ::3] = True
    return model.output.beliefs(hidden, free_positions(), Terms(0.7, forbidden, chance, (0, 2)))


def in_turn() -> Chance:
    return ChanceInTurn(torch.Generator().manual_seed(1), VOCABULARY)


def of_each() -> Chance:
    return ChanceOfEach(torch.Generator().manual_seed(1), VOCABULARY, torch.Size((3, 6)))


@torch.inference_mode()
@pytest.mark.parametrize("at_once", [1, 4, 10])
@pytest.mark.parametrize("chance", [in_turn, of_each])
def test_beliefs_are_the_same_part_by_part(
    tiny_model: Model, at_once: int, chance: Callable[[], Chance]
):
    hidden = torch.randn(POSITIONS, WIDTH, generator=torch.Generator().manual_seed(2))
    together = believed(tiny_model, hidden, chance())
    with patch.object(tiny_model.output, "at_once", at_once), Widest() as widest:
        parts = believed(tiny_model, hidden, chance())
        drawn, soft = parts.draw(), parts.soften()
    assert torch.equal(parts.best, together.best)
    assert torch.equal(drawn, together.draw())
    torch.testing.assert_close(parts.entropy, together.entropy)
    torch.testing.assert_close(soft, together.soften())
    assert 0 < widest.rows <= max(4, at_once)  # what is forbidden has four rows


def test_likelihoods_are_the_same_part_by_part(tiny_model: Model):
    prefix = tiny_model.read([2, 5, 6, 7])
    together = tiny_model.log_likelihoods(prefix, TEXTS)
    with patch.object(tiny_model.output, "at_once", 4), Widest() as widest:
        parts = tiny_model.log_likelihoods(prefix, TEXTS)
    assert parts == pytest.approx(together, rel=1e-5)
    assert widest.rows == 4


def test_no_fill_and_no_repair_makes_a_larger_table(tiny_model: Model):
    filler = Filler(tiny_model)
    hole = Hole("def add(left, right):\n    retu", "\n\n\nclass Sum:\n    pass\n")
    text = "def add(left, right):\n    return left + right\n"
    repair = Hole("", "\n", rewrite=Rewrite(text, 0.5, freed=Freed.LEAST_LIKELY))
    for asked in (hole, repair):
        with patch.object(tiny_model.output, "at_once", 5), Widest() as widest:
            fill = filler.fill(asked, InfillOptions(steps=3), Cancellation(), None)
        assert fill.steps
        assert widest.rows == 5


def test_the_embedded_model_is_asked_about_all_at_once():
    """So its fills are what they are with no parts at all."""
    assert load_model("embedded", "cpu").output.at_once > 6 * 230
