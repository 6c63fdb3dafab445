"""Bracket balance: code in, number of brackets without a partner out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_grammars.brackets import imbalance

CODE = st.text(alphabet="()[]{}\"'#\\\n a", max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("f(a[0], {1: 2})", 0),
        ("f(a[0]", 1),
        ("f(a[0]))", 1),
        ("(]", 2),
        ("( [ )", 1),
        ("} else {", 2),
    ],
)
def test_brackets_find_their_partners(text: str, expected: int):
    assert imbalance(text, "python") == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = '((('",
        'x = "((("',
        r'x = "\"((("',
        "x = 1  # (((",
        '"""(\n((\n"""',
        "'''(\"\"\"(\n'''",
        '"" + "("',
        "# don't (",
        'url = "http://#("',
        "'(\\\n('",
    ],
)
def test_brackets_in_strings_and_comments_do_not_count(text: str):
    assert imbalance(text, "python") == 0


def test_a_string_that_is_not_closed_ends_with_its_line():
    assert imbalance("f('(\n)", "python") == 0


def test_a_long_string_that_is_not_closed_ends_with_the_text():
    assert imbalance('f("""(\n(', "python") == 1


def test_a_bracket_after_a_string_counts():
    assert imbalance('f(\'a\', """b""", (  # c\n', "python") == 2


def test_in_an_unknown_language_every_bracket_counts():
    assert imbalance("'(' # (", "no-such-language") == 2


@given(CODE, st.sampled_from(["python", "no-such-language"]))
def test_no_more_brackets_are_unmatched_than_there_are(text: str, language: str):
    assert 0 <= imbalance(text, language) <= sum(text.count(bracket) for bracket in "()[]{}")
