"""What was rejected, and where."""

import pytest

from mezzotint_server.suggestions.rejected import Rejected
from mezzotint_server.suggestions.spot import Spot

URI = "file:///a.py"


def spot(marked: str) -> Spot:
    before, _, after = marked.partition("‸")
    return Spot(before, after)


@pytest.mark.parametrize(
    ("uri", "at", "text", "expected"),
    [
        (URI, "x = ‸\n", "1", True),
        (URI, "far away" + "\n" * 300 + "x = ‸\n", "1", False),
        (URI, "x = ‸\n", "2", False),
        (URI, "x =‸\n", "1", False),
        (URI, "x = ‸ + 1\n", "1", False),
        ("file:///b.py", "x = ‸\n", "1", False),
    ],
)
def test_the_same_text_is_unwanted_at_the_same_place_only(
    uri: str, at: str, text: str, expected: bool
) -> None:
    rejected = Rejected()
    rejected.add(URI, spot("x = ‸\n"), "1")
    assert rejected.has(uri, spot(at), text) is expected


def test_an_edit_far_above_makes_no_unwanted_text_wanted() -> None:
    rejected = Rejected()
    rejected.add(URI, spot("old" + "\n" * 300 + "x = ‸"), "1")
    assert rejected.has(URI, spot("new" + "\n" * 300 + "x = ‸"), "1")


def test_the_oldest_refusals_are_forgotten() -> None:
    rejected = Rejected(2)
    for text in "abc":
        rejected.add(URI, spot("‸"), text)
    assert [rejected.has(URI, spot("‸"), text) for text in "abc"] == [False, True, True]
