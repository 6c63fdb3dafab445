"""What is known of fills, by what is around them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.options import InfillOptions
from mezzotint_server.suggestions.known import REACH, Ask, KnownFills
from mezzotint_server.suggestions.spot import Rest, Spot

ASK = Ask("python", "embedded", InfillOptions())
TEXTS = st.text("ab \n(", max_size=20)


def spot(marked: str) -> Spot:
    before, _, after = marked.partition("‸")
    return Spot(before, after)


def known(marked: str, *texts: str) -> KnownFills:
    fills = KnownFills()
    fills.put(ASK, spot(marked), texts)
    return fills


@pytest.mark.parametrize(
    ("asked_at", "left"),
    [
        ("def f(‸):", ("a, b", "x")),
        ("def f(a‸):", (", b",)),
        ("def f(x‸):", None),
        ("def f(a, b‸):", None),
        ("def f(c‸):", None),
        ("def f(‸)", None),
        ("def f‸(a):", None),
        ("def g(‸):", None),
    ],
)
def test_a_fill_is_found_between_the_same_texts_only(
    asked_at: str, left: tuple[str, ...] | None
) -> None:
    found = known("def f(‸):", "a, b", "x").find(ASK, spot(asked_at))
    assert found == (None if left is None else tuple(map(Rest, left)))


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, language="lua"),
        replace(ASK, model="another"),
        replace(ASK, options=InfillOptions(candidates=3)),
    ],
)
def test_a_fill_for_another_language_model_or_options_is_none(other: Ask) -> None:
    assert known("x = ‸", "1").find(other, spot("x = ‸")) is None


def test_that_there_is_nothing_to_suggest_is_known_too() -> None:
    fills = known("x = ‸")
    assert fills.find(ASK, spot("x = ‸")) == ()
    assert fills.find(ASK, spot("x = 1‸")) is None


def test_a_nearer_fill_wins_over_one_that_has_been_typed_for_longer() -> None:
    fills = known("x = ‸", "abc")
    fills.put(ASK, spot("x = a‸"), ("xy",))
    assert fills.find(ASK, spot("x = a‸")) == (Rest("xy"),)
    assert fills.find(ASK, spot("x = ab‸")) == (Rest("c"),)


def test_of_those_that_nobody_asked_for_again_the_oldest_goes() -> None:
    fills = KnownFills(2)
    for name in "ab":
        fills.put(ASK, spot(f"{name}‸"), (name,))
    assert fills.find(ASK, spot("a‸"))
    fills.put(ASK, spot("c‸"), ("c",))
    assert len(fills) == 2
    assert fills.find(ASK, spot("b‸")) is None
    assert fills.find(ASK, spot("a‸"))


@given(TEXTS, TEXTS, st.text("ab (", min_size=1, max_size=20), st.data())
def test_typed_through_or_deleted_back_into_the_rest_is_found(
    before: str, after: str, text: str, data: st.DataObject
) -> None:
    fills = known(f"{before}‸{after}", text)
    for _ in range(5):
        typed = text[: data.draw(st.integers(0, len(text)))]
        if (rest := text.removeprefix(typed)).strip():
            assert fills.find(ASK, Spot(before + typed, after)) == (Rest(rest),)


def test_what_was_typed_too_long_ago_is_not_looked_for() -> None:
    text = "a" * (REACH + 2)
    fills = known("x‸", text)
    assert fills.find(ASK, spot("x" + "a" * REACH + "‸")) == (Rest("aa"),)
    assert fills.find(ASK, spot("x" + "a" * (REACH + 1) + "‸")) is None
