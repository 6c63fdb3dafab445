"""The pause after which somebody has stopped typing, for typists of different speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.suggestions.typist import FIRST_GUESS_S, MARGIN, PAUSE_S, Typist


def typist(*times: float) -> Typist:
    person = Typist()
    for time in times:
        person.key(time)
    return person


def steady(gap_s: float) -> Typist:
    return typist(*(gap_s * count for count in range(200)))


def test_who_has_not_typed_is_not_kept_waiting() -> None:
    assert Typist().wait_s(5.0, 0.1, 0.2) == 0.0


@pytest.mark.parametrize(("gap_s", "expected"), [(0.08, 0.1), (0.01, 0.03), (0.5, 0.4)])
def test_the_wait_is_as_long_as_the_typists_gaps_within_bounds(
    gap_s: float, expected: float
) -> None:
    person = steady(gap_s)
    assert person.wait_s(199 * gap_s, 0.03, 0.4) == pytest.approx(expected)


def test_the_wait_is_counted_from_the_last_key() -> None:
    person = steady(0.08)
    assert person.wait_s(199 * 0.08 + 0.06, 0.03, 0.4) == pytest.approx(0.04)
    assert person.wait_s(199 * 0.08 + 5.0, 0.03, 0.4) == 0.0


def test_thinking_is_not_typing() -> None:
    assert typist(0.0, PAUSE_S, 3 * PAUSE_S).gap_s == FIRST_GUESS_S


def test_a_typist_who_speeds_up_is_believed_soon() -> None:
    person = steady(0.4)
    start = 200 * 0.4
    for count in range(30):
        person.key(start + 0.05 * count)
    assert person.gap_s < 0.06


@given(st.lists(st.floats(0, 3), max_size=30), st.floats(0, 1), st.floats(0, 1), st.floats(0, 5))
def test_the_wait_keeps_its_bounds(
    gaps: list[float], at_least: float, more: float, later: float
) -> None:
    person, now = Typist(), 0.0
    for gap in gaps:
        now += gap
        person.key(now)
    wait = person.wait_s(now + later, at_least, at_least + more)
    assert 0.0 <= wait <= at_least + more + 1e-9
    if gaps:
        assert wait + later >= at_least - 1e-9
        assert person.gap_s * MARGIN <= PAUSE_S * MARGIN
