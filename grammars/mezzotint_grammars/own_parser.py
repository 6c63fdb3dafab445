"""What a language's own parser says of the code around a hole, where there is one at hand.

tree-sitter's grammars let pass what no compiler would: ``try:`` with nothing below it, or
``import a()``. Only Python has its parser here.
"""

import ast
import warnings

import tree_sitter

from mezzotint_grammars.lines import line_at
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax


def is_rejected(tree: SourceTree, piece: Span) -> bool:
    """Whether the statements around a piece of a text, in its class or at the top level, are no code.

    Always False for languages without a parser. To be asked of what tree-sitter finds no error in;
    may be True of good code where the text begins in the middle of something, so it is of use for
    comparing only.
    """
    if tree.syntax is None or tree.language_id != "python":
        return False
    return not _is_python(_statements_around(tree.syntax, piece))


def _statements_around(syntax: Syntax, piece: Span) -> str:
    """Those that touch it, and one on either side: a header lacks what should be below it."""
    start, end = syntax.offsets.byte_of(piece.start), syntax.offsets.byte_of(piece.end)
    statements = _holder(syntax.tree.root_node, start, end).children
    if not statements:
        return syntax.text
    before = [node for node in statements if node.end_byte < start]
    after = [node for node in statements if node.start_byte > end]
    first = (before[-1] if before else statements[0]).start_byte
    last = (after[0] if after else statements[-1]).end_byte
    around = syntax.chars(first, last)
    line = line_at(syntax.text, around.start)
    code = syntax.text[line.start : around.end]
    return f"if True:\n{code}" if _is_indented(syntax, statements[0]) else code


def _holder(node: tree_sitter.Node, start: int, end: int) -> tree_sitter.Node:
    """The body of the innermost class around, or all."""
    for child in node.children:
        if child.start_byte < start and end <= child.end_byte:
            defined = child.child_by_field_name("definition") or child
            body = defined.child_by_field_name("body")
            if defined.type != "class_definition" or body is None:
                return node
            is_inside = body.start_byte < start and end <= body.end_byte
            return _holder(body, start, end) if is_inside else node
    return node


def _is_indented(syntax: Syntax, node: tree_sitter.Node) -> bool:
    """Whether it begins a line further to the right than the outermost code would."""
    start = syntax.offsets.char_of(node.start_byte)
    line = line_at(syntax.text, start)
    return line.column > 0 and line.content.start == start


def _is_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd escapes, which are the user's own affair
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
