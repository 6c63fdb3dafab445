"""What became of an edit, by the editor's answers and the document's changes."""

import pytest

from mezzotint_server.rewriting.hunks import hunks_between
from mezzotint_server.rewriting.offer import Fate, Offer

BEFORE, AFTER = "x = 1\ny = 2\nz = 3\n", "x = 1\ny = f(2)\nz = 3\n"


@pytest.mark.parametrize(
    ("what_happens", "fate"),
    [
        ([AFTER, True], Fate.APPLIED),
        ([True, AFTER], Fate.APPLIED),
        ([True, AFTER + "w"], Fate.APPLIED),
        ([True, "x = 1\ny = 2\nz = 34\n"], Fate.TURNED_DOWN),
        (["x = 1\ny = 2\nz = 34\n", True], Fate.OVERTAKEN),
        (["x = 1\ny = 2\nz = 34\n", False], Fate.OVERTAKEN),
        ([False], Fate.TURNED_DOWN),
        ([False, AFTER], Fate.TURNED_DOWN),
        ([True], Fate.OPEN),
        ([True, AFTER, BEFORE], Fate.APPLIED),
    ],
)
def test_the_following_change_decides(what_happens: list[str | bool], fate: Fate) -> None:
    offer = Offer(BEFORE, hunks_between(BEFORE, AFTER))
    for each in what_happens:
        if isinstance(each, bool):
            offer.answer(says_applied=each)
        else:
            offer.follow(each)
    assert offer.fate is fate


@pytest.mark.parametrize(
    ("what_happens", "fate"),
    [
        (["x = items.pop()\ny = pop(item)\n"], Fate.OPEN),
        (["x = items.pop()\ny = pop(item)\n", "x = pop(item)\ny = pop(item)\n"], Fate.APPLIED),
        (["x = items.pop()\ny = items.pop(item)\n"], Fate.OPEN),
        (["x = items.pop()\ny = items.pop(items)\n"], Fate.OVERTAKEN),
    ],
)
def test_an_editor_may_tell_of_one_hunk_after_the_other(
    what_happens: list[str], fate: Fate
) -> None:
    before, after = "x = items.pop()\ny = items.pop()\n", "x = pop(item)\ny = pop(item)\n"
    offer = Offer(before, hunks_between(before, after))
    for text in what_happens:
        offer.follow(text)
    assert offer.fate is fate
