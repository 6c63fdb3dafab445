"""Where lines and edited places are after edits, against a naive count."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.documents import Document
from mezzotint_server.project.texts import LineEdit, OpenText, OpenTexts

EDITS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 5), st.integers(0, 5)).map(
        lambda edit: LineEdit(edit[0], edit[0] + edit[1], edit[0] + edit[2])
    ),
    max_size=6,
)


@given(EDITS)
def test_a_line_that_no_edit_touched_is_found_again(edits: list[LineEdit]) -> None:
    lines: list[int | None] = list(range(60))
    for edit in edits:
        new: list[int | None] = [None] * (edit.new_last - edit.first + 1)
        lines[edit.first : edit.last + 1] = new
    text = OpenText(None, None, edits=[(1, edit) for edit in edits])  # pyright: ignore[reportArgumentType] - not looked at
    for now, line in enumerate(lines):
        if line is not None:
            assert text.line_now(line) == now


@given(EDITS, st.integers(0, 40), st.integers(0, 40))
def test_the_lines_that_are_seen_are_those_of_the_outline_that_are_there_by_now(
    document: Callable[..., Document], edits: list[LineEdit], first: int, more: int
) -> None:
    lines = 60 + sum(edit.shift for edit in edits)
    now = document(Path("/work/a.py"), "\n" * (lines - 1))
    text = OpenText(now, None, edits=[(1, edit) for edit in edits])
    there = [line for line in range(60) if first <= text.line_now(line) <= first + more]
    assert list(text.lines_then(first, first + more)) == there


def test_edits_before_the_outlined_version_are_forgotten() -> None:
    text = OpenText(None, None)  # pyright: ignore[reportArgumentType] - not looked at
    text.edits = [(2, LineEdit(0, 0, 1)), (3, LineEdit(0, 0, 1))]
    text.outlined(2)
    assert text.line_now(5) == 6


def test_near_edits_are_one_place_and_far_ones_move(document: Callable[..., Document]) -> None:
    path = Path("/work/a.py")
    texts = OpenTexts()
    texts.open(document(path, ""), str(path))
    texts.change(document(path, "", 2), [LineEdit(100, 100, 101)])
    texts.change(document(path, "", 3), [LineEdit(105, 105, 105)])
    texts.change(document(path, "", 4), [LineEdit(10, 10, 12)])
    assert [(place.first, place.last) for place in texts.edited_places] == [(102, 107), (10, 12)]
    texts.close(path.as_uri())
    assert texts.edited_places == ()
