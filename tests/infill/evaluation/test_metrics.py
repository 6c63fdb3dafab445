"""What is compared, and how. In the tables ``‸`` stands at both ends of a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.metrics import (
    breaks_file,
    edit_similarity,
    is_exact,
    levenshtein,
    parses,
)


def cut_from(marked: str, kind: CutKind = CutKind.SPAN) -> Cut:
    """``prefix‸middle‸suffix``."""
    prefix, middle, suffix = marked.split("‸")
    return Cut(kind, "file.py", prefix, middle, suffix)


@pytest.mark.parametrize(
    ("marked", "fill", "expected"),
    [
        ("a = ‸b‸\n", "b", True),
        ("a = ‸b  ‸\n", "b", True),
        ("a = ‸b‸\n", "b \n", True),
        ("a = ‸b‸  \n", "b ", True),
        ("a = ‸b‸", "b ", True),
        ("a = ‸b‸\r\n", "b", True),
        ("a = ‸b‸\n", " b", False),
        ("a = ‸b‸\n", "B", False),
        ("f(‸a, ‸b)\n", "a, ", True),
        ("f(‸a, ‸b)\n", "a,", False),
        ("‸    a‸\n", "a", False),
        ("‸a‸\n", "", False),
    ],
)
def test_white_space_counts_but_at_the_end_of_a_line(
    marked: str, fill: str, expected: bool
) -> None:
    assert is_exact(cut_from(marked), fill) is expected


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("return a", "return b", 1),
        ("é‸", "e‸", 1),
        ("abc", "cba", 2),
    ],
)
def test_levenshtein_counts_edits(one: str, other: str, distance: int) -> None:
    assert levenshtein(one, other) == distance
    assert levenshtein(other, one) == distance


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 30))
def test_edit_similarity_is_a_share_and_one_edit_costs_one(
    one: str, other: str, place: int
) -> None:
    assert 0 <= edit_similarity(one, other) <= 1
    assert (edit_similarity(one, other) == 1) is (one == other)
    assert levenshtein(one, one[:place] + "\0" + one[place:]) == 1
    assert levenshtein(one, other) >= abs(len(one) - len(other))


def test_a_fill_that_closes_too_much_breaks_the_file() -> None:
    cut = cut_from("f(‸a‸)\n")
    assert not breaks_file(cut, "b")
    assert breaks_file(cut, "b)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\n", True),
        ("a = '\\d' is 1\n", True),
        ("a = (\n", False),
        ("  a\n", False),
        ("a = '\0'\n", False),
        ("(" * 500 + ")" * 500, False),
    ],
)
def test_what_this_python_can_parse(text: str, expected: bool) -> None:
    assert parses(text) is expected
