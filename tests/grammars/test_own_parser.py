"""Code with a fill between two marks in, whether Python itself takes it out."""

import pytest

from mezzotint_grammars.own_parser import is_rejected
from mezzotint_grammars.source_tree import SourceTree, Span


def check(marked: str, *, rejected: bool, language: str = "python") -> None:
    before, fill, after = marked.split("‸")
    tree = SourceTree.parse(before + fill + after, language)
    assert is_rejected(tree, Span(len(before), len(before + fill))) is rejected


@pytest.mark.parametrize(
    "marked",
    [
        "import ‸a()‸\n",
        "def f():\n    ‸try:‸\n    return 1\n",
        "x = (‸1‸\n",
        "from a import ‸b.c‸\n",
        "def f():\n‸return 1‸\n",
        "a = 1\n‸  b = 2‸\n",
        "class A:\n    def f(self):\n        ‸import a()‸\n\n    b = 1\n",
        "class A:\n    def f(self):\n        ‸return 1\n        ‸ @b\n    def c(self): ...\n",
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
        "try:\n    ‸a()‸\nexcept B:\n    c()\n",
        '"""\nnot (code\n"""\n‸import a‸\n',
        "class A:\n    def f(self):\n        ‸return 1‸\n",
    ],
)
def test_only_the_statements_around_it_count(marked: str):
    check(marked, rejected=False)
    check("def f(a=1, b): ...\nb = 1\n" + marked, rejected=False)
    check(marked + "b = 1\ndef f(a=1, b): ...\n", rejected=False)


def test_of_a_class_only_what_is_near_in_it_counts():
    odd = "    def f(a=1, b): ...\n"
    check(f"class A:\n{odd}    b = 1\n    ‸c = 2‸\n    d = 3\n{odd}", rejected=False)


def test_a_text_may_begin_inside_of_a_block():
    check("    def f():\n        ‸return 1‸\n\n    b = 1\n", rejected=False)


def test_other_languages_have_no_parser_here():
    check("fn f( {‸(‸", rejected=False, language="rust")


def test_an_odd_escape_is_no_error():
    check("x = ‸'\\d'‸\n", rejected=False)


def test_nothing_is_code():
    check("‸‸", rejected=False)
