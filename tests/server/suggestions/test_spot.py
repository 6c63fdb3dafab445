"""What is left of a suggestion at another cursor. ‸ marks cursors; line ends and edges included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.documents import Document, split_lines
from mezzotint_server.positions import PositionEncoding
from mezzotint_server.suggestions.spot import (
    AFTER,
    BEFORE,
    Rest,
    Spot,
    agrees,
    rest_of,
    spot_at,
    text_behind,
    typed_since,
)

TEXTS = st.text(st.sampled_from(["a", "b", "(", ")", " ", "\n", "é"]), max_size=30)


def document(text: str) -> Document:
    return Document("file:///a.py", "python", 1, split_lines(text), PositionEncoding.UTF_32)


def place(before: str) -> tuple[int, int]:
    lines = split_lines(before)
    return len(lines) - 1, len(lines[-1])


def spot(marked: str) -> Spot:
    before, _, after = marked.partition("‸")
    return spot_at(document(before + after), *place(before))


@pytest.mark.parametrize(
    ("shown_at", "text", "now", "left"),
    [
        ("def f(‸):\n", "a, b", "def f(‸):\n", Rest("a, b")),
        ("def f(‸):\n", "a, b", "def f(a‸):\n", Rest(", b")),
        ("def f(‸):\n", "a, b", "def f(a, b‸):\n", Rest("")),
        ("def f(‸):\n", "a, b", "def f(x‸):\n", None),
        ("def f(‸):\n", "a, b", "def f‸(a):\n", None),
        ("def f(‸):\n", "a, b", "def f(a‸) -> int:\n", None),
        ("x‸\n", " = 1\ny = 2", "x = 1\n‸\n", Rest("y = 2")),
        ("x‸\r\n", " = 1\ny = 2", "x = 1\r\ny‸\r\n", Rest(" = 2")),
        ("‸", "aaa", "a‸", Rest("aa")),
        # The editor has put closers in behind the cursor.
        ("f‸\n", "(a)", "f(‸)\n", Rest("a")),
        ("f‸\n", "(a)", "f(a‸)\n", Rest("")),
        ("f‸\n", "([a])", "f([‸])\n", Rest("a")),
        ("s =‸\n", ' "a"', 's = "‸"\n', Rest("a")),
        ("f‸\n", "(a)\n", "f(‸)\n", Rest("a)\n", ")")),
        ("if f‸", "(a):", "if f(‸)", Rest("a):", ")")),
        ("if f‸ + 1", "(a) + 2", "if f(‸) + 1", None),
        ("f‸\n", "(a", "f(‸)\n", None),
        ("f‸\n", "(a)", "f‸)\n", None),
    ],
)
def test_what_is_left_of_a_suggestion(
    shown_at: str, text: str, now: str, left: Rest | None
) -> None:
    assert rest_of(text, spot(shown_at), spot(now)) == left


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 30))
def test_however_much_of_it_is_typed_the_rest_is_left(
    before: str, after: str, text: str, count: int
) -> None:
    typed = text[:count]
    rest = rest_of(text, spot(f"{before}‸{after}"), spot(f"{before}{typed}‸{after}"))
    assert rest == Rest(text[len(typed) :])


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_what_is_left_always_makes_the_same_text(
    before: str, after: str, text: str, now_before: str, now_after: str
) -> None:
    rest = rest_of(text, spot(f"{before}‸{after}"), spot(f"{now_before}‸{now_after}"))
    if rest is not None:
        assert now_after.startswith(rest.replaced)
        made = now_before + rest.text + now_after.removeprefix(rest.replaced)
        assert made == before + text + after


def test_edits_far_away_make_no_difference() -> None:
    far = spot("x\n" * BEFORE + "f(‸)\n" + "y\n" * AFTER)
    assert far == spot("z\n" * BEFORE + "x\n" * (BEFORE // 2) + "f(‸)\n" + "y\n" * AFTER + "z")
    assert (len(far.before), len(far.after)) == (BEFORE, AFTER)


@given(TEXTS, TEXTS, TEXTS)
def test_what_was_typed_is_found_in_the_document(before: str, typed: str, after: str) -> None:
    line, index = place(before)
    found = typed_since(
        spot(f"{before}‸{after}"), document(before + typed + after), line, index, 30
    )
    assert found == typed


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("a\nf(‸)\n", "b\nf(x)\n"),
        ("a\nf(‸)\n", "a\nf(x)\nmore\n"),
        ("a\nf(‸)\n", "a\n"),
        ("a\nf(‸)\n", ""),
        ("a\nf(‸)\n", "a\nf(" + "x" * 11 + ")\n"),
    ],
)
def test_a_change_elsewhere_is_not_what_was_typed(was: str, now: str) -> None:
    line, index = place(was.partition("‸")[0])
    assert typed_since(spot(was), document(now), line, index, 10) is None


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("(a)", "", True),
        ("(a)", "(", True),
        ("(a)", "()", True),
        ("([a])", "([])", True),
        ("(a)", "(b)", False),
        ("(a)", "(b", False),
        ("(a)", "(a)", True),
        ("(a)", "(a))", True),
        ("a", ")", False),
        ("f((a))", "f((()))", False),
        ("f(((a)))", "f((()))", True),
    ],
)
def test_closers_that_the_editor_puts_in_are_no_disagreement(
    text: str, typed: str, expected: bool
) -> None:
    assert agrees(text, typed) is expected


def test_no_more_is_looked_at_than_need_be() -> None:
    assert text_behind(document("ab\ncd\nef"), 0, 1, 3) == "b\nc"
    assert text_behind(document("ab\r\ncd"), 0, 1, 99) == "b\ncd"
