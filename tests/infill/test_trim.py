"""Holes that were given too many tokens: ``prefix‸suffix`` and a fill in, the fill to keep out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.trim import repeats_a_line, trim_copy

CODE = st.text(alphabet="ab.,: \n()[]", max_size=24)


def check(marked: str, fill: str, expected: str, language: str = "python") -> None:
    prefix, _, suffix = marked.partition("‸")
    assert trim_copy(prefix, fill, suffix, language) == expected


@pytest.mark.parametrize(
    ("marked", "fill", "expected"),
    [
        ("f(‸)", "x, y)", "x, y"),
        ("f(‸)\n", "x)\n", "x"),
        ("foo(‸)", "bar())", "bar()"),
        ("x = [‸]\n", "1, 2]", "1, 2"),
        ("d = {‸}\n", "'a': f(1)}", "'a': f(1)"),
        ("x = (a[‸])\n", "i])", "i"),
        ("if ‸:\n    pass\n", "a == b:\n    pass", "a == b"),
        ("x = ‸ + b\n", "a + b", "a"),
        ("x = ‸ or other\n", "one or other", "one"),
        ("return ‸\n\n\ndef g():\n", "x\n\n\ndef g():", "x"),
        ("def f():\n    ‸\n    return x\n", "x = 1\n    return x\n", "x = 1"),
        ("def f():\n‸\n    return x\n", "    x = 1\n    return x", "    x = 1"),
        ("for a in b:\n    ‸\nprint(a)\n", "c(a)\nprint(a)", "c(a)"),
        ("f(‸, key=1)\n", "x, key=1)", "x"),
        ("x = f(‸)\n", ")", ""),
        ("a = ‸.strip()\n", "b.strip()", "b"),
    ],
)
def test_a_copy_of_what_follows_is_taken_off(marked: str, fill: str, expected: str):
    check(marked, fill, expected)


@pytest.mark.parametrize(
    ("marked", "fill"),
    [
        ("foo(‸)", "bar()"),
        ("foo(‸)", "bar(a, b())"),
        ("x = [‸]\n", "a[0]"),
        ("d = {‸}\n", "'a': {1}"),
        ("print(‸)\n", "')'"),
        ("f(‸)", "(x)"),
        ("f((‸))", "x, (y)"),
        ("f((‸))", "g(h(x))"),
        ("f(a[‸])\n", "b[c[0]]"),
    ],
)
def test_a_bracket_that_the_code_needs_stays(marked: str, fill: str):
    check(marked, fill, fill)


@pytest.mark.parametrize(
    ("marked", "fill"),
    [
        ("x = ‸ fetch()\n", "await "),
        ("x = ‸fetch()\n", "await "),
        ("    ‸    return x\n", "x = 1\n    "),
        ("a‸\n\nb\n", "c\n\n"),
        ("a\n‸    b\n", "if a:\n        "),
        ("x‸\ty\n", "z\t"),
    ],
)
def test_whitespace_alone_is_no_copy(marked: str, fill: str):
    check(marked, fill, fill)


@pytest.mark.parametrize(
    ("marked", "fill"),
    [
        ("x = ‸bar()\n", "foobar"),
        ("x = ‸barista\n", "foo bar"),
        ("x = ‸_name\n", "my_name"),
        ("x = ‸2\n", "12"),
        ("total‸s = 1\n", "_sums"),
    ],
)
def test_half_a_word_is_no_copy(marked: str, fill: str):
    check(marked, fill, fill)


@pytest.mark.parametrize(
    ("marked", "fill"),
    [("x = ‸-y\n", "-"), ("x[‸:]\n", "1:"), ("x = ‸\n", "1"), ("‸", "x"), ("x‸", "")],
)
def test_one_sign_that_stands_twice_by_right_stays(marked: str, fill: str):
    check(marked, fill, fill)


@pytest.mark.parametrize(
    ("marked", "fill", "expected"),
    [
        ("if ‸:\n    pass\n", "a == b:", "a == b"),
        ("f(a‸, b)\n", "1,", "1"),
        ("x = a‸.b\n", "().", "()"),
    ],
)
def test_one_sign_is_taken_off_if_the_code_parses_better_without(
    marked: str, fill: str, expected: str
):
    check(marked, fill, expected)


def test_an_unknown_language_counts_every_bracket():
    check("f(‸)", "x)", "x", "no-such-language")
    check("f(‸)", "g(x)", "g(x)", "no-such-language")


def test_brackets_far_away_do_not_matter():
    far = "(" * 50 + "\n" * 3_000
    check(f"{far}f(‸)", "x)", "x")
    check(f"{far}f(‸)", "g(x)", "g(x)")


@given(CODE, CODE, CODE)
def test_only_a_copy_of_the_suffix_is_ever_taken_off(prefix: str, fill: str, suffix: str):
    kept = trim_copy(prefix, fill, suffix, "python")
    assert fill.startswith(kept)
    assert suffix.startswith(fill[len(kept) :])
    assert kept == fill or fill[len(kept) :].strip()


@pytest.mark.parametrize(
    ("before", "fill", "after"),
    [
        ("import os\nimport ", "os", "\n"),
        ("import ", "os", "\nimport os\n"),
        ("import ", "os", "\n\n  import os\n"),
        ("import ", "o", "s\nimport os\n"),
        ("    ", "y = 1\n    return x", "\n    return x\n"),
        ("    return x\n    ", "return x\n    y = 1", "\n"),
        ("x\n", "x", ""),
    ],
)
def test_a_line_may_be_there_already(before: str, fill: str, after: str):
    assert repeats_a_line(before, fill, after)


@pytest.mark.parametrize(
    ("before", "fill", "after"),
    [
        ("import ", "sys", "\nimport os\n"),
        ("    ", "return x\n    y = 1", "\n    return x\n"),
        ("f(\n  a\n)\n", ")", ""),
        ("]\n", "]", "\n]\n"),
        ("", "os", ""),
    ],
)
def test_other_lines_and_brackets_are_no_line_that_is_there_already(
    before: str, fill: str, after: str
):
    assert not repeats_a_line(before, fill, after)
