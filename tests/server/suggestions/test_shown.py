"""What becomes of a suggestion as the document changes. ‸ marks the cursor that it was shown at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Document, split_lines
from mezzotint_server.positions import PositionEncoding
from mezzotint_server.suggestions.shown import SEEN_AFTER_S, Outcome, Shown, ShownFills
from mezzotint_server.suggestions.spot import Rest, spot_at

URI = "file:///a.py"
SHORTLY, LATER = SEEN_AFTER_S / 2, SEEN_AFTER_S * 2


def document(text: str) -> Document:
    return Document(URI, "python", 1, split_lines(text), PositionEncoding.UTF_32)


def cursor(marked: str) -> Cursor:
    before, _, after = marked.partition("‸")
    lines = split_lines(before)
    return Cursor(document(before + after), len(lines) - 1, len(lines[-1]))


def show(marked: str, *texts: str) -> tuple[ShownFills, Shown]:
    fills, at = ShownFills(), cursor(marked)
    shown, ending = fills.show(
        at, spot_at(at.document, at.line, at.index), texts, 0.0, is_asked=False
    )
    assert ending is None
    return fills, shown


@pytest.mark.parametrize(
    ("texts", "now", "outcome"),
    [
        (["a + b"], "return a + b\n", Outcome.ACCEPTED),
        (["x", "a + b"], "return a + b\n", Outcome.ACCEPTED),
        (["a + b"], "return a\n", None),
        (["a + b"], "return \n", None),
        (["a + b"], "return a + c\n", Outcome.REJECTED),
        (["a + b"], "return x\n", Outcome.REJECTED),
        (["a + b"], "retur\n", Outcome.GONE),
        (["a + b"], "import os\nreturn \n", Outcome.GONE),
        (["(a + b)"], "return ()\n", None),
        (["a"], "return a\n", None),
    ],
)
def test_what_becomes_of_a_suggestion_that_was_read(
    texts: list[str], now: str, outcome: Outcome | None
) -> None:
    fills, shown = show("return ‸\n", *texts)
    ending = fills.follow(document(now), LATER)
    assert (ending and ending.outcome) == outcome
    assert (fills.at(URI) is None) == (ending is not None)
    if ending is not None:
        assert ending.shown == shown
        assert ending.was_seen


def test_what_nobody_can_have_read_is_not_rejected_but_gone() -> None:
    fills, _ = show("return ‸\n", "a + b")
    ending = fills.follow(document("return x\n"), SHORTLY)
    assert ending is not None
    assert (ending.outcome, ending.was_seen) == (Outcome.GONE, False)


def test_what_is_typed_out_by_hand_is_not_accepted() -> None:
    fills, _ = show("return ‸\n", "abc")
    for typed in ("a", "ab", "abc", "ab"):
        assert fills.follow(document(f"return {typed}\n"), LATER) is None
    shown = fills.at(URI)
    assert shown is not None
    at = cursor("return ab‸\n")
    assert shown.rests(spot_at(at.document, at.line, at.index)) == (Rest("c"),)


def test_the_accepted_text_is_told() -> None:
    fills, _ = show("return ‸\n", "a", "b + c")
    assert fills.follow(document("return b\n"), LATER) is None
    ending = fills.follow(document("return b + c\n"), LATER)
    assert ending is not None
    assert ending.text == "b + c"


@given(st.text("ab(\n ", min_size=2, max_size=20), st.data())
def test_typing_through_and_deleting_back_keeps_it(text: str, data: st.DataObject) -> None:
    fills, _ = show("x = ‸)\n", text)
    for _ in range(6):
        shown = fills.at(URI)
        assert shown is not None
        most = min(len(text), len(shown.typed) + 1)
        typed = text[: data.draw(st.integers(0, most))]
        assert fills.follow(document(f"x = {typed})\n"), LATER) is None


def test_the_editors_word_counts_once() -> None:
    fills, shown = show("return ‸\n", "a + b")
    assert fills.follow(document("return a + b\n"), LATER) is not None
    assert fills.accept(shown.name, LATER) is None

    fills, shown = show("return ‸\n", "a + b")
    ending = fills.accept(shown.name, SHORTLY)
    assert ending is not None
    assert (ending.outcome, ending.text) == (Outcome.ACCEPTED, "a + b")
    assert fills.follow(document("return a + b\n"), LATER) is None
    assert fills.accept(shown.name, LATER) is None
    assert fills.accept("unheard of", LATER) is None


def test_the_editors_word_wins_over_what_a_change_looked_like() -> None:
    fills, shown = show("return ‸\n", "a + b")
    assert fills.follow(document("return (a+b)\n"), LATER) is not None
    ending = fills.accept(shown.name, LATER)
    assert ending is not None
    assert ending.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("name", "is_meant"), [("1", True), (None, True), ("2", False)])
def test_a_suggestion_is_rejected_by_its_name_or_because_it_was_the_last(
    name: str | None, is_meant: bool
) -> None:
    fills, shown = show("return ‸\n", "a + b")
    ending = fills.reject(name, SHORTLY)
    assert (ending is not None) is is_meant
    if ending is not None:
        assert (ending.shown, ending.outcome) == (shown, Outcome.REJECTED)


def test_another_suggestion_takes_its_place() -> None:
    fills, first = show("return ‸\n", "a + b")
    second, ending = fills.show(first.origin, first.at, ("c",), LATER, is_asked=False)
    assert ending is not None
    assert (ending.shown, ending.outcome, ending.was_seen) == (first, Outcome.GONE, True)
    assert fills.at(URI) == second
    assert second.name != first.name
