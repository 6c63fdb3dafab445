"""What a text has become, and its tree after that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_grammars.difference import difference, reparsed
from mezzotint_grammars.source_tree import SourceTree

TEXT = st.text(alphabet="ab\n", max_size=30)


@given(TEXT, TEXT)
def test_the_piece_that_is_replaced_makes_the_one_text_the_other(old: str, new: str) -> None:
    start, end, piece = difference(old, new)

    assert old[:start] + piece + old[end:] == new


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", (0, 0, "")),
        ("ab", "ab", (2, 2, "")),
        ("ab", "axb", (1, 1, "x")),
        ("axb", "ab", (1, 2, "")),
        ("aa", "aaa", (2, 2, "a")),
        ("abc", "xyz", (0, 3, "xyz")),
    ],
)
def test_no_more_is_replaced_than_has_to_be(
    old: str, new: str, expected: tuple[int, int, str]
) -> None:
    assert difference(old, new) == expected


@pytest.mark.parametrize("language", ["python", "no-such-language"])
def test_the_tree_is_that_of_the_new_text(language: str) -> None:
    old, new = "def é():\n    x\n", "def é():\n    x\n\nclass B:\n    y\n"
    tree = reparsed(SourceTree.parse(old, language), new)

    assert tree.text == new
    assert tree.definitions() == SourceTree.parse(new, language).definitions()


def test_a_text_that_has_not_changed_is_not_parsed() -> None:
    tree = SourceTree.parse("x = 1\n", "python")

    assert reparsed(tree, "x = 1\n") is tree
