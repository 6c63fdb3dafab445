"""Finds the lines that keep the lines after them from being understood, and parses without them.

Half a line that is being typed, such as ``x = f(``, can make a parser take the class below for an
argument. Such a line is blanked, byte for byte, so that no other place in the text moves. Knows no
language.
"""

from collections.abc import Iterator

import tree_sitter

_ATTEMPTS = 4
"""How many lines are tried: each costs a parse of what changes."""
_CLOSERS = frozenset([")", "]"])
"""What, when missing, makes a line swallow the next ones. A brace that is missing is let be: the
line that opened it names a definition."""


def mend(
    source: bytes, tree: tree_sitter.Tree, parser: tree_sitter.Parser
) -> tuple[bytes, tree_sitter.Tree]:
    """The text and its tree with such lines blanked; the very same two if there are none."""
    tried: set[int] = set()
    damage = _damage(tree)
    for _ in range(_ATTEMPTS):
        culprit = next((node for node in _swallowing(tree) if _line(node) not in tried), None)
        if culprit is None:
            break
        tried.add(_line(culprit))
        blanked, reparsed = _without_line(source, tree, culprit.start_byte, parser)
        if (left := _damage(reparsed)) < damage:
            source, tree, damage = blanked, reparsed, left
    return source, tree


def errors_of(tree: tree_sitter.Tree) -> Iterator[tree_sitter.Node]:
    """Every ERROR and MISSING node, in order; an ERROR comes before those inside of it."""
    unseen = [tree.root_node]
    while unseen:
        node = unseen.pop()
        if node.is_error or node.is_missing:
            yield node
        unseen.extend(child for child in reversed(node.children) if child.has_error)


def _swallowing(tree: tree_sitter.Tree) -> Iterator[tree_sitter.Node]:
    """What is wrong and reaches over a line break, from the inside out and then in order.

    Of an ERROR around the whole text it is an inner one that tells the line.
    """
    for node in errors_of(tree):
        wrong = _blamed(node)
        if wrong is not None and wrong.end_point.row > wrong.start_point.row:
            yield wrong


def _blamed(node: tree_sitter.Node) -> tree_sitter.Node | None:
    if node.is_error:
        return node
    return node.parent if node.type in _CLOSERS else None


def _damage(tree: tree_sitter.Tree) -> int:
    """How many bytes lie in what is wrong and reaches over a line break."""
    return sum(node.end_byte - node.start_byte for node in _swallowing(tree))


def _line(node: tree_sitter.Node) -> int:
    return node.start_point.row


def _without_line(
    source: bytes, tree: tree_sitter.Tree, byte: int, parser: tree_sitter.Parser
) -> tuple[bytes, tree_sitter.Tree]:
    start = source.rfind(b"\n", 0, byte) + 1
    end = source.find(b"\n", byte)
    end = len(source) if end < 0 else end
    start += len(source[start:end]) - len(source[start:end].lstrip())
    blanked = source[:start] + b" " * (end - start) + source[end:]
    edited = tree.copy()
    row = source.count(b"\n", 0, start)
    column = start - source.rfind(b"\n", 0, start) - 1
    last = (row, column + end - start)
    edited.edit(start, end, end, (row, column), last, last)
    return blanked, parser.parse(blanked, edited)
