"""A file's line ends: away before the model sees them, and back where they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.hole import Candidate, Fill, Gap, Hole, Rewrite, StopReason
from mezzotint_infill.line_ends import (
    with_line_ends_of,
    with_line_ends_of_region,
    with_plain_line_ends,
)


def fill_of(text: str, *further: str) -> Fill:
    candidate = Candidate(text, 0, 1, further)
    return Fill(text, (candidate,), 1, StopReason.SETTLED, 1, "", "", further=further)


def test_all_parts_of_a_hole_are_made_plain():
    hole = Hole("a\r", "\r\nb", further=(Gap("x\r\ny"),))
    assert with_plain_line_ends(hole) == Hole("a\n", "\nb", further=(Gap("x\ny"),))
    region = Hole("", "", rewrite=Rewrite("a\r\nb\rc\n", 1))
    assert with_plain_line_ends(region) == Hole("", "", rewrite=Rewrite("a\nb\nc\n", 1))


def test_every_gap_gets_the_line_ends_of_its_file():
    found = with_line_ends_of(Hole("a", "b", further=(Gap("\r\n"),)), fill_of("x\ny", "\n"))
    assert (found.text, found.further) == ("x\r\ny", ("\r\n",))
    assert found.candidates[0].further == found.further


@pytest.mark.parametrize(
    ("before", "plain", "after"),
    [
        ("a\r\nb\nc\r", "A\nB\nC\n", "A\r\nB\nC\r"),
        ("a\r\nb\nc", "a\nc", "a\r\nc"),
        ("a\nb\r\nc", "a\nx\ny\nc", "a\nx\ny\r\nc"),
        ("a\r\nb\nc\r\nd", "a\nd", "a\r\nd"),
        ("a\r\nb", "ab", "ab"),
        ("a\nb", "b\n", "b\n"),
        ("a\r\nb", "a\nb\nc", "a\r\nb\r\nc"),
    ],
)
def test_a_region_keeps_its_line_ends_where_they_were(before: str, plain: str, after: str):
    hole = Hole("", "", rewrite=Rewrite(before, 1))
    found = with_line_ends_of_region(hole, fill_of(plain))
    assert found.text == found.candidates[0].text == after


BREAKS = st.sampled_from(["\n", "\r\n", "\r", "x"])


@given(st.lists(BREAKS, min_size=1).map("".join), st.lists(BREAKS).map("".join))
def test_only_line_ends_are_touched(before: str, after: str):
    plain = after.replace("\r\n", "\n").replace("\r", "\n")
    hole = Hole("", "", rewrite=Rewrite("x" + before, 1))
    found = with_line_ends_of_region(hole, fill_of(plain)).text
    assert found.replace("\r\n", "\n").replace("\r", "\n") == plain
