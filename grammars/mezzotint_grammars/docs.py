"""The comments that say what a definition is for.

Knows no language: a comment is a node whose type says so.
"""

import re

import tree_sitter

from mezzotint_grammars.syntax import Syntax

_MARKS = re.compile(
    r"^\s*(?:/\*+!?|//+!?|#+!?|--+(?:\[\[)?|<!--|\*+(?!/))?\s?|\s*(?:\*+/|--+>|\]\])\s*$"
)
_TAGS = re.compile(r"</?[a-z]+(?: [^<>]*)?/?>")
_ATTRIBUTES = frozenset(["attribute_item", "decorator", "attribute_list"])


def doc_before(syntax: Syntax, node: tree_sitter.Node) -> str:
    """The comments right above a node, or nothing; attributes may stand between."""
    lines: list[str] = []
    row, above = node.start_point.row, node.prev_sibling
    while above is not None and above.end_point.row >= row - 1:
        if above.type.endswith("comment") and _is_first_of_its_line(syntax, above):
            lines.insert(0, syntax.text_of(above))
        elif above.type not in _ATTRIBUTES:
            break
        row, above = above.start_point.row, above.prev_sibling
    return "\n".join(lines)


def first_line(doc: str) -> str:
    """The first line that says something, without marks and tags."""
    lines = (_TAGS.sub("", _MARKS.sub("", line)).strip() for line in doc.splitlines())
    return next((line for line in lines if re.match(r"[^\W_]|[`\"'(\[{<*]\w", line)), "")


def _is_first_of_its_line(syntax: Syntax, node: tree_sitter.Node) -> bool:
    start = syntax.source.rfind(b"\n", 0, node.start_byte) + 1
    return not syntax.source[start : node.start_byte].strip()
