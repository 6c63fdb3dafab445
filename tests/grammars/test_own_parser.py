"""Code with a fill between two marks in, whether Python itself takes it out."""

import pytest

from mezzotint_grammars.own_parser import is_rejected


def check(marked: str, *, rejected: bool, language: str = "python") -> None:
    before, fill, after = marked.split("‸")
    start = len(before)
    assert is_rejected(before + fill + after, start, start + len(fill), language) is rejected


@pytest.mark.parametrize(
    "marked",
    [
        "import ‸a()‸\n",
        "def f():\n    ‸try:‸\n    return 1\n",
        "x = (‸1‸\n",
        "from a import ‸b.c‸\n",
        "def f():\n‸return 1‸\n",
    ],
)
def test_what_python_does_not_take_is_rejected(marked: str):
    check(marked, rejected=True)


@pytest.mark.parametrize(
    "marked",
    [
        "import ‸a‸\n",
        "def f():\n    ‸return 1‸\n",
        "if a:\n    b = 1\nelse:\n    ‸c = 2‸\n",
        "if a:\n    ‸b‸\nelse:\n    c\n",
        "try:\n    ‸a()‸\nexcept B:\n    c()\n\nd = (\n",
    ],
)
def test_only_the_statement_around_it_counts(marked: str):
    check("def (:\n\n" + marked, rejected=False)
    check(marked + "\ndef g(:\n", rejected=False)


def test_other_languages_have_no_parser_here():
    check("fn f( {‸(‸", rejected=False, language="rust")


def test_an_odd_escape_is_no_error():
    check("x = ‸'\\d'‸\n", rejected=False)
