"""What plans take up: to the byte for weights, never more for a smaller plan or a shorter context."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.memory.cost import (
    CHANCES,
    FLOAT_TABLES,
    POSITIONS,
    VOCABULARY_BYTES,
    Cost,
    Room,
    bytes_in,
    cost_of,
    positions_at_once,
)
from mezzotint_infill.memory.plan import (
    BF16,
    FP8,
    PLANS,
    STREAM,
    W4_BF16,
    W4_FP8,
    W4_FP8_EMB8,
    Format,
    MemoryPlan,
)
from mezzotint_infill.memory.recorded import recorded_shape
from mezzotint_infill.memory.shape import Matrices, Part

SHAPE = recorded_shape()
LAYERS = len(SHAPE.order)
PLAN = st.sampled_from(PLANS)
CONTEXT = st.integers(0, 262_144)


@pytest.mark.parametrize(
    ("plan", "gigabytes"),
    [
        (BF16, "50.50"),
        (FP8, "26.07"),
        (W4_BF16, "17.67"),
        (W4_FP8, "15.30"),
        (W4_FP8_EMB8, "14.56"),
        (STREAM, "14.56"),
    ],
)
def test_the_weights_of_a_plan_are_those_of_the_published_arithmetic(
    plan: MemoryPlan, gigabytes: str
) -> None:
    assert f"{cost_of(SHAPE, plan).weight_bytes / 1e9:.2f}" == gigabytes


def test_the_plan_for_18_gb_takes_up_17_with_a_context_of_8k() -> None:
    assert 17.1e9 < cost_of(SHAPE, W4_FP8, Room(8192)).total < 17.2e9


@given(st.integers(16, 1 << 20), st.booleans())
def test_no_more_positions_are_scored_at_once_than_there_is_room_for(
    vocabulary: int, with_kernels: bool
) -> None:
    """Of each, scores and chances in bfloat16, or float32 tables without kernels."""
    together = positions_at_once(vocabulary, with_kernels=with_kernels)
    chances = min(vocabulary, CHANCES)
    each = 2 * (vocabulary + chances) if with_kernels else 4 * FLOAT_TABLES * vocabulary
    assert together * each <= VOCABULARY_BYTES < (together + 1) * each


def test_a_whole_canvas_of_the_26b_is_scored_at_once() -> None:
    assert positions_at_once(SHAPE.vocabulary, with_kernels=True) == POSITIONS == 256


def tensors(rows: int, inputs: int, kept_as: Format) -> list[torch.Tensor]:
    """What each format keeps of a matrix, as its own docstring says."""
    if kept_as is Format.BF16:
        return [torch.empty(rows, inputs, dtype=torch.bfloat16)]
    if kept_as is Format.FP8:
        return [torch.empty(rows, inputs, dtype=torch.float8_e4m3fn), torch.empty(rows)]
    group = {Format.INT4_G32: 32, Format.INT4_G64: 64}[kept_as]
    scales = torch.empty(rows, inputs // group, dtype=torch.bfloat16)
    return [torch.empty(rows, inputs // 2, dtype=torch.uint8), scales]


@given(st.sampled_from(Format), st.integers(1, 9), st.sampled_from([64, 704, 2112, 2816]))
def test_a_format_takes_up_what_its_tensors_do(kept_as: Format, rows: int, inputs: int) -> None:
    kept = tensors(rows, inputs, kept_as)
    assert bytes_in(Matrices(Part.DOWN, rows, inputs), kept_as) == sum(it.nbytes for it in kept)


@given(CONTEXT)
def test_plans_go_from_the_largest_to_the_smallest(context: int) -> None:
    totals = [cost_of(SHAPE, plan, Room(context)).total for plan in PLANS]
    assert totals == sorted(totals, reverse=True)


@given(PLAN, CONTEXT, CONTEXT)
def test_a_longer_context_takes_up_no_less(plan: MemoryPlan, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert cost_of(SHAPE, plan, Room(shorter)).total <= cost_of(SHAPE, plan, Room(longer)).total


@given(st.integers(3, LAYERS - 1))
def test_every_further_streamed_layer_makes_room_on_the_card(layers: int) -> None:
    fewer, more = cost_of(SHAPE, STREAM, None, layers), cost_of(SHAPE, STREAM, None, layers + 1)
    assert more.total < fewer.total
    assert more.host > fewer.host


@given(st.integers(0, LAYERS))
def test_no_weight_is_lost_between_card_and_host(layers: int) -> None:
    whole, streamed = cost_of(SHAPE, STREAM), cost_of(SHAPE, STREAM, None, layers)
    assert streamed.weight_bytes + streamed.host == whole.weight_bytes


def test_beyond_window_and_slack_only_full_layers_keep_more() -> None:
    def kept(context: int) -> int:
        items = {item.name: item.bytes for item in cost_of(SHAPE, BF16, Room(context)).beside}
        return items["prefix cache"]

    assert kept(2048) == (2048 + 256) * (204_800 + 20_480)
    assert kept(8192) - kept(2048) == 6144 * 20_480


@given(PLAN, CONTEXT, st.integers(0, LAYERS))
def test_a_cost_adds_up_and_says_so(plan: MemoryPlan, context: int, layers: int) -> None:
    cost: Cost = cost_of(SHAPE, plan, Room(context), layers)
    told = cost.as_dict()
    beside = sum(item["bytes"] for item in told["beside"])
    assert told["total"] == sum(told["weights"].values()) + beside == cost.total
    assert list(told["weights"]) == [part.value for part in Part]
    assert cost.arithmetic().startswith(f"{plan.name}: ")
    assert f"= {cost.total / 1e9:.2f} GB" in cost.arithmetic()
