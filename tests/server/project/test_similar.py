"""Windows of many of the same words."""

import pytest

from mezzotint_server.project.outline import BLOCK_LINES
from mezzotint_server.project.similar import similar_windows

WORDS = frozenset("abcdef")


def blocks(*words: str) -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, words))


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        (blocks("abcdef", "xyz"), (), [0]),
        (blocks("xyz", "abc", "def", "xyz"), (), [1]),
        (blocks("abcdef", "", "xyz", "abcdef", ""), (), [0, 3]),
        (blocks("abcdef", "abcdef", "abcdef"), (), [0, 2]),
        (blocks("xyz", "uvw"), (), []),
        (blocks("xyz", "uvw"), (0,), [0]),
        (blocks("xyz", "abcdef", "abcdef"), (0,), [0, 2]),
        (blocks(), (), []),
    ],
)
def test_windows(
    text: tuple[frozenset[str], ...], kept: tuple[int, ...], expected: list[int]
) -> None:
    old = frozenset(("one", block * BLOCK_LINES) for block in kept)
    found = similar_windows(WORDS, [("one", text)], old)
    assert sorted(window.first_line // BLOCK_LINES for window in found) == expected


def test_the_likeness_is_the_share_of_common_words() -> None:
    [window] = similar_windows(WORDS, [("one", blocks("abcxyz"))])
    assert window.likeness == pytest.approx(3 / 9)
