"""What stands in the way of a plan on a card."""

from dataclasses import replace

import pytest

from mezzotint_infill.memory.card import Card
from mezzotint_infill.memory.plan import BF16, FP8, PLANS, STREAM, MemoryPlan
from mezzotint_infill.memory.readiness import Readiness, readiness

ADA = Card("a card", "570", 24 << 30, 23 << 30, (8, 9), is_usable=True)
TURING = replace(ADA, capability=(7, 5))


def check(plan: MemoryPlan, card: Card | None, *, with_triton: bool = True) -> Readiness:
    return readiness(plan, card, with_triton=with_triton)


@pytest.mark.parametrize("plan", PLANS)
def test_without_a_card_that_torch_can_use_no_plan_runs(plan: MemoryPlan) -> None:
    assert not check(plan, None).runs
    assert not check(plan, replace(ADA, is_usable=False)).runs


def test_exact_weights_run_on_any_card_without_a_remark() -> None:
    assert check(BF16, TURING, with_triton=False) == Readiness(True)


def test_what_is_slow_is_said_to_be() -> None:
    assert check(FP8, ADA) == Readiness(True)
    assert "has 7.5" in check(FP8, TURING).remark
    assert "Triton" in check(FP8, ADA, with_triton=False).remark
    assert "not interactive" in check(STREAM, ADA).remark
