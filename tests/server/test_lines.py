"""Lines in chunks, against lines in a list; chunks are small here, so that there are many."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server import lines as module
from mezzotint_server.lines import Lines, split_lines


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", 4)
        yield


MANY = st.lists(st.sampled_from("abcdef"), max_size=40)
PLACES = st.integers(-45, 45)
EDITS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12), MANY), max_size=8)


@given(MANY, EDITS)
def test_what_is_replaced_is_what_a_list_replaces(kept: list[str], edits: list[tuple[int, int, list[str]]]) -> None:  # fmt: skip
    lines = Lines.of(kept)
    plain = list(kept)
    for place, count, new in edits:
        first = min(place, len(plain))
        before, was = lines, tuple(plain)
        lines = lines.replaced(first, min(first + count, len(plain)), new)
        plain[first : first + count] = new
        assert list(lines) == plain
        assert len(lines) == len(plain)
        assert tuple(before) == was


@given(MANY, PLACES, PLACES, st.sampled_from([None, 1, 2, -1]))
def test_what_is_between_is_what_is_between_in_a_tuple(
    kept: list[str], first: int, end: int, step: int | None
) -> None:
    assert Lines.of(kept)[first:end:step] == tuple(kept)[first:end:step]


@given(MANY, EDITS)
def test_the_text_is_what_the_lines_say_one_after_the_other(
    kept: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    lines = Lines.of(kept)
    for place, count, new in edits:
        first = min(place, len(lines))
        lines = lines.replaced(first, min(first + count, len(lines)), new)
        assert lines.text == "".join(lines)
        for line in range(len(lines)):
            assert lines.chars_before(line) == len("".join(lines[:line]))


@given(MANY, PLACES)
def test_a_line_is_the_line_of_a_list(kept: list[str], at: int) -> None:
    lines = Lines.of(kept)
    if -len(kept) <= at < len(kept):
        assert lines[at] == kept[at]
    else:
        with pytest.raises(IndexError):
            lines[at]


def test_lines_are_the_same_however_they_came_to_be() -> None:
    lines = Lines.of("abcdefgh" * 4)
    other = Lines.of("x" * 9).replaced(0, 9, "abcdefgh" * 4)
    assert lines == other == tuple("abcdefgh" * 4)
    assert hash(lines) == hash(other)
    assert lines != lines.replaced(0, 1, "z")
    assert lines != lines.replaced(0, 1, "")


@given(st.text(st.sampled_from("ab\n\r\x0b\x0c\x1c\x85\u2028\u2029"), max_size=30))
def test_a_text_is_cut_after_its_line_breaks_and_nowhere_else(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert list(lines) == text.replace("\r\n", "\0").replace("\r", "\r\1").replace("\n", "\n\1").replace("\0", "\r\n\1").split("\1")  # fmt: skip


def test_an_edit_shares_what_it_does_not_touch() -> None:
    lines = Lines.of([str(number) for number in range(4000)])
    edited = lines.replaced(2000, 2001, ["x"])
    kept = {id(chunk) for chunk in lines._chunks}  # pyright: ignore[reportPrivateUsage] - this is the point
    new = [chunk for chunk in edited._chunks if id(chunk) not in kept]  # pyright: ignore[reportPrivateUsage] - the same
    assert sum(len(chunk.lines) for chunk in new) <= 3 * module.CHUNK
