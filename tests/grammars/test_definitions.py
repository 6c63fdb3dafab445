"""Signatures: on one line, without comments, however long what follows is."""

import pytest

from mezzotint_grammars.source_tree import SourceTree


@pytest.mark.parametrize(
    ("code", "signature"),
    [
        (
            "def f(\n  self,  # one\n  # two\n  b=True,  # three\n  # four\n  c=1,\n):\n  pass\n",
            "def f(self, b=True, c=1)",
        ),
        ("NAMES = {\n  1: [2],  # one\n  # two\n  3: '#',\n}\n", "NAMES = { 1: [2], 3: '#', }"),
        ("X = [\n  1\n]\n", "X = [1]"),
        ("def g(\n  x\n) -> int :\n  pass\n", "def g(x) -> int"),
        ("LONG = [\n" + "  1,\n" * 10_000 + "]\n", ("LONG = [" + "1, " * 100)[:240]),
    ],
)
def test_a_signature_is_one_line_without_comments(code: str, signature: str) -> None:
    assert [each.signature for each in SourceTree.parse(code, "python").definitions()] == [
        signature
    ]


def test_a_definition_with_an_arrow_ends_before_it() -> None:
    (found,) = SourceTree.parse("const add = (\n  a,\n  b\n) => {\n}\n", "javascript").definitions()
    assert found.signature == "const add = (a, b)"


def test_what_lies_deeper_than_other_code_can_see_is_not_looked_for():
    deep = "if a:\n class A:\n  def f(self):\n   if b:\n    x = lambda: 1\n    def g():\n     def h(): ...\n"
    found = [each.name for each in SourceTree.parse(deep, "python").definitions()]
    assert found == ["A", "f"]
