"""From one text to another by hunks: in the old text, [old|new] marks each of them."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_grammars.span import Span
from mezzotint_server.rewriting.hunks import hunks_between, with_hunks

PIECES = st.lists(
    st.sampled_from(["x", "foo", " ", "\n", "(", ")", "é", "    ", "= "]), max_size=30
)


@pytest.mark.parametrize(
    "marked",
    [
        "x = 1\n",
        "x = [1|2]\n",
        "def f(x[)|: int) -> int]:\n    return [x|y]\n",
        "a\n[b\n|]c\n",
        "a\n[|b\n]c\n",
        "[foo|bar](a, b)\nb = 2\n[foo|bar](c)\n",
        "x = [a+b|c-d]\n",
        "[|x]",
        "[x|]",
    ],
)
def test_only_what_is_different_is_replaced(marked: str) -> None:
    old = re.sub(r"\[(.*?)\|(.*?)\]", r"\1", marked, flags=re.DOTALL)
    new = re.sub(r"\[(.*?)\|(.*?)\]", r"\2", marked, flags=re.DOTALL)
    shown = old
    for hunk in reversed(hunks_between(old, new)):
        (start, end), text = hunk.span, hunk.text
        shown = f"{shown[:start]}[{shown[start:end]}|{text}]{shown[end:]}"
    assert shown == marked


@given(before=PIECES, old=PIECES, new=PIECES)
def test_hunks_make_the_new_text_and_stay_in_their_place(
    before: list[str], old: list[str], new: list[str]
) -> None:
    around, mine, theirs = "".join(before), "".join(old), "".join(new)
    hunks = hunks_between(mine, theirs, len(around))
    assert with_hunks(around + mine + around, hunks) == around + theirs + around
    assert all(a.span.end <= b.span.start for a, b in pairwise(hunks))
    assert bool(hunks) is (mine != theirs)


def test_a_text_of_very_many_words_is_compared_by_lines() -> None:
    old = "a " * 5_000 + "\nx\n" + "b\n"
    new = "c " * 5_000 + "\nx\n" + "d\n"
    first, second = hunks_between(old, new)
    assert first.span == Span(0, 10_001)
    assert second.text == "d"
