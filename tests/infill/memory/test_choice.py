"""Which plan is chosen for how much free memory, and what is said if there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.errors import DoesNotFitError, ModelError
from mezzotint_infill.memory.choice import choose_plan, require_plan, why_no_plan
from mezzotint_infill.memory.cost import GB, Room, cost_of
from mezzotint_infill.memory.plan import BF16, FP8, PLANS, W4_FP8
from mezzotint_infill.memory.recorded import recorded_shape
from mezzotint_infill.memory.shape import ModelShape

SHAPE = recorded_shape()


@pytest.mark.parametrize(
    ("gigabytes", "plan", "streamed"),
    [
        (12, "stream", 12),
        (16, "stream", 3),
        (17, "w4-fp8-emb8", 0),
        (18, "w4-fp8", 0),
        (24, "w4-bf16", 0),
        (32, "fp8", 0),
        (48, "fp8", 0),
        (64, "bf16", 0),
        (80, "bf16", 0),
        (141, "bf16", 0),
    ],
)
def test_the_first_plan_that_fits_is_chosen(gigabytes: int, plan: str, streamed: int) -> None:
    choice = choose_plan(SHAPE, gigabytes * GB)
    assert (choice.plan.name, choice.cost.streamed_layers) == (plan, streamed)
    assert choice.lines[-1].endswith(f"of {gigabytes}.00 GB free: fits")
    assert all(line.endswith("GB too much") for line in choice.lines[:-1])


@given(st.integers(5 * GB, 200 * GB), st.integers(0, 32_768))
def test_what_is_chosen_fits_and_what_comes_before_it_does_not(free: int, context: int) -> None:
    room = Room(context)
    choice = choose_plan(SHAPE, free, room)
    assert choice.cost.total <= free
    for plan in PLANS[: PLANS.index(choice.plan)]:
        with pytest.raises(DoesNotFitError):
            require_plan(SHAPE, plan, free, room)


@given(st.integers(4 * GB, 200 * GB), st.integers(0, 50 * GB))
def test_with_more_memory_no_smaller_plan_is_chosen(free: int, more: int) -> None:
    one, other = choose_plan(SHAPE, free).plan, choose_plan(SHAPE, free + more).plan
    assert PLANS.index(other) <= PLANS.index(one)


def test_no_fewer_layers_would_do(shape: ModelShape) -> None:
    cost = choose_plan(shape, 12 * GB).cost
    assert cost_of(shape, cost.plan, None, cost.streamed_layers - 1).total > 12 * GB


@pytest.mark.parametrize("free", [0, GB, 3 * GB])
def test_if_nothing_fits_one_sentence_has_the_arithmetic_and_what_to_do(free: int) -> None:
    with pytest.raises(DoesNotFitError) as caught:
        choose_plan(SHAPE, free)
    said = str(caught.value)
    assert "\n" not in said
    for words in ("stream: ", " of weights + ", f" of {free // GB}.00 GB free: ", "embedded"):
        assert words in said
    assert isinstance(caught.value, ModelError)


def test_a_plan_that_was_asked_for_is_taken_or_refused_with_the_arithmetic() -> None:
    assert require_plan(SHAPE, W4_FP8, 24 * GB).plan is W4_FP8
    with pytest.raises(DoesNotFitError, match="The plan fp8 does not fit: fp8: 26.07 of weights"):
        require_plan(SHAPE, FP8, 18 * GB)


def test_only_the_plans_that_are_offered_are_chosen_from() -> None:
    with pytest.raises(DoesNotFitError, match="bf16: "):
        choose_plan(SHAPE, 18 * GB, plans=(BF16,))
    with pytest.raises(ValueError, match="no plans"):
        choose_plan(SHAPE, 18 * GB, plans=())


@pytest.mark.parametrize(
    ("model", "device", "words"),
    [
        ("embedded", "cuda:0", "embedded"),
        ("embedded", "cpu", "embedded"),
        ("google/diffusiongemma-26B-A4B-it", "cpu", "On cpu"),
        ("google/diffusiongemma-26B-A4B-it", "mps", "On mps"),
    ],
)
def test_a_small_model_and_a_cpu_need_no_plan(model: str, device: str, words: str) -> None:
    assert words in (why_no_plan(model, device) or "")


def test_a_large_model_on_a_card_needs_one() -> None:
    assert why_no_plan("google/diffusiongemma-26B-A4B-it", "cuda:1") is None
