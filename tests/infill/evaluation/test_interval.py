"""Means with intervals by cluster."""

import pytest

from mezzotint_infill.evaluation.interval import Estimate, mean, ratio, ratio_of_shares


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_the_mean_counts_every_value_once_whatever_its_cluster() -> None:
    assert mean([1, 1, 1, 0], ["a", "a", "a", "b"]).value == 0.75


def test_the_interval_holds_the_mean() -> None:
    estimate = mean([0, 1] * 50, range(100))
    assert estimate.value == 0.5
    assert estimate.low == pytest.approx(0.4, abs=0.03)
    assert estimate.high == pytest.approx(0.6, abs=0.03)


def test_values_of_one_cluster_are_not_independent() -> None:
    values = [0] * 50 + [1] * 50
    assert width(mean(values, [number // 10 for number in range(100)])) > 2 * width(
        mean(values, range(100))
    )


def test_one_cluster_says_nothing_about_others() -> None:
    assert width(mean([0, 1, 1], ["a", "a", "a"])) == 0


def test_a_ratio_is_of_sums() -> None:
    assert ratio([3, 1], [1, 1], ["a", "b"]).value == 2


@pytest.mark.parametrize("denominators", [[], [0, 0]])
def test_a_ratio_to_nothing_is_not_defined(denominators: list[float]) -> None:
    clusters = range(len(denominators))
    assert ratio(denominators, denominators, clusters) == Estimate(None, None, None)


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        ([True, False, False, False], [True, True, False, False], 0.5),
        ([True, None, None, False], [True, True, False, False], 1.0),
        ([True, False, False, False], [None, None, True, False], 0.5),
        ([True, False], [False, False], None),
        ([None, None], [True, False], None),
    ],
)
def test_shares_are_compared_over_what_counts_in_each(
    over: list[bool | None], under: list[bool | None], expected: float | None
) -> None:
    assert ratio_of_shares(over, under, range(len(over))).value == expected


def test_shares_are_compared_cluster_by_cluster() -> None:
    over, under = [True, False, False] * 30, [True, True, False] * 30
    estimate = ratio_of_shares(over, under, range(90))
    assert estimate.value == 0.5
    assert estimate.low == pytest.approx(0.35, abs=0.04)
    assert estimate.high == pytest.approx(0.65, abs=0.04)


def test_the_same_values_give_the_same_interval() -> None:
    assert mean([0, 1, 1, 0, 1], range(5)) == mean([0, 1, 1, 0, 1], range(5))
