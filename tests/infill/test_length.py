"""Which lengths are tried in a hole, and what the policy calls itself."""

import pytest

from mezzotint_infill.hole import HoleKind
from mezzotint_infill.length import LengthGrid, LengthPolicy, ToldLength

GRID = LengthGrid(within_line=(1, 2, 4), across_lines=(3, 9))


def check(policy: LengthPolicy, kind: HoleKind, longest: int, *expected: int) -> None:
    assert policy.lengths(kind, longest) == expected


@pytest.mark.parametrize("kind", [HoleKind.PART_OF_LINE, HoleKind.REST_OF_LINE, HoleKind.LINE])
def test_holes_within_a_line_have_a_grid_of_their_own(kind: HoleKind):
    check(GRID, kind, 40, 1, 2, 4)


@pytest.mark.parametrize("kind", [HoleKind.BLOCK, HoleKind.REGION])
def test_so_do_holes_across_lines(kind: HoleKind):
    check(GRID, kind, 40, 3, 9)


def test_only_lengths_that_fit_are_tried():
    check(GRID, HoleKind.LINE, 4, 1, 2, 4)
    check(GRID, HoleKind.LINE, 3, 1, 2)
    check(GRID, HoleKind.BLOCK, 8, 3)


def test_where_none_of_the_grid_fits_the_longest_that_does_is_tried():
    check(GRID, HoleKind.BLOCK, 2, 2)


def test_a_told_length_is_the_only_one_and_begins_as_noise_several_times():
    check(ToldLength(5, starts=2), HoleKind.LINE, 40, 5, 5)
    check(ToldLength(5, starts=3), HoleKind.BLOCK, 4, 4, 4, 4)


@pytest.mark.parametrize("kind", list(HoleKind))
def test_the_grid_that_is_used_rises_from_short_holes(kind: HoleKind):
    lengths = LengthGrid().lengths(kind, 1_000)
    assert list(lengths) == sorted(set(lengths))
    assert 1 <= lengths[0] <= 2


@pytest.mark.parametrize(("policy", "expected"), [(ToldLength(7), "told: 7"), (GRID, "auto")])
def test_a_policy_says_what_it_is(policy: LengthPolicy, expected: str):
    assert policy.name == expected
