"""A language that is not known: indentation and braces stand in for a tree."""

import pytest

from mezzotint_grammars.source_tree import SourceTree, Zone

KOTLIN = """\
class Square(val side: Double) {
    fun area(): Double {
        val a = side
        ‸return a * a
    }

    fun name() = "s‸quare"
}

fun main() {
}
"""
OUTLINE = """\
fruit:
    apples
      ‸red
    pears

‸roots:
    beets
"""


@pytest.mark.parametrize(
    ("marked", "number", "block", "statement", "definition"),
    [
        (KOTLIN, 0, "val a = side\n        return a * a", "return a * a", "class Square"),
        (KOTLIN, 1, "fun area(): Double {", 'fun name() = "square"', "class Square"),
        (OUTLINE, 0, "red", "red", "fruit:"),
        (OUTLINE, 1, "fruit:", "roots:", "roots:"),
        ("‸", 0, "", None, None),
        ("}‸}", 0, "}}", "}}", None),
    ],
)
def test_a_place_lies_in_what_is_indented_as_far(
    marked: str, number: int, block: str, statement: str | None, definition: str | None
):
    pieces = marked.split("‸")
    offset = len("".join(pieces[: number + 1]))
    tree = SourceTree.parse("".join(pieces), "no-such-language")

    def text(span: tuple[int, int] | None) -> str | None:
        return None if span is None else tree.text[slice(*span)].strip()

    assert (text(tree.enclosing_block(offset)) or "").startswith(block)
    assert text(tree.enclosing_statement(offset)) == statement
    assert (text(tree.enclosing_definition(offset)) or "").startswith(definition or "")
    assert (tree.enclosing_definition(offset) is None) == (definition is None)


def test_nothing_is_known_of_names_and_zones():
    tree = SourceTree.parse('import x\n"y"', "no-such-language")

    assert tree.definitions() == tree.imports() == ()
    assert tree.names_used(0, 12) == tree.names_defined() == frozenset()
    assert tree.zone(11) is Zone.CODE
