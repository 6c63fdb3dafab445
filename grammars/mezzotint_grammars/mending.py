"""Finds the lines that keep the lines after them from being understood, and parses without them.

Half a line that is being typed, such as ``x = f(``, can make a parser take the class below for an
argument. Such a line is blanked, byte for byte, so that no other place in the text moves.
"""

from collections.abc import Iterator
from itertools import islice

import tree_sitter

from mezzotint_grammars.language import Language
from mezzotint_grammars.lexis import Lexis, tokens_of

_ATTEMPTS = 6
"""How many lines are tried: each costs a parse of what changes."""
_LINES = 400
"""How many lines of what does not parse are looked at."""
_OPENERS, _CLOSERS = ("(", "["), (")", "]")
"""Braces are let be: the line that opened one names a definition."""


def mend(
    source: bytes, tree: tree_sitter.Tree, language: Language
) -> tuple[bytes, tree_sitter.Tree]:
    """The text and its tree with such lines blanked; the very same two if there are none."""
    tried: set[int] = set()
    damage = _damage(tree)
    while damage and len(tried) < _ATTEMPTS:
        suspects = _suspects(source, tree, language.lexis)
        row = next((row for row in suspects if row not in tried), None)
        if row is None:
            break
        tried.add(row)
        blanked, parsed = _without_line(source, tree, row, language.parser())
        if (left := _damage(parsed)) < damage:
            source, tree, damage = blanked, parsed, left
    return source, tree


def _damage(tree: tree_sitter.Tree) -> int:
    """How many bytes lie in what does not parse and goes on over a line break."""
    return sum(node.end_byte - node.start_byte for node in _swallowing(tree))


def _suspects(source: bytes, tree: tree_sitter.Tree, lexis: Lexis) -> Iterator[int]:
    """The rows that may be to blame, the likeliest first.

    A bracket that stays open before a line that is no deeper; then the start of every error that
    has no other in it: an outer one may begin with what is well.
    """
    swallowing = list(_swallowing(tree))
    for node in swallowing:
        yield from _left_open(source, node, lexis)
    for node in swallowing:
        if not any(other.parent == node or _is_in(other, node) for other in swallowing):
            yield node.start_point.row


def _swallowing(tree: tree_sitter.Tree) -> Iterator[tree_sitter.Node]:
    unseen = [tree.root_node]
    while unseen:
        node = unseen.pop()
        wrong = node.parent if node.is_missing and node.type in _CLOSERS else node
        is_wrong = wrong is not None and (wrong != node or node.is_error)
        if wrong is not None and is_wrong and wrong.end_point.row > wrong.start_point.row:
            yield wrong
        unseen.extend(child for child in reversed(node.children) if child.has_error)


def _is_in(node: tree_sitter.Node, other: tree_sitter.Node) -> bool:
    return node != other and other.start_byte <= node.start_byte and node.end_byte <= other.end_byte


def _left_open(source: bytes, node: tree_sitter.Node, lexis: Lexis) -> Iterator[int]:
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    text = source[start : node.end_byte].decode("utf-8", errors="replace")
    lines = list(islice(text.split("\n"), _LINES))
    for number, line in enumerate(lines):
        below = next((other for other in lines[number + 1 :] if other.strip()), "")
        if _depth(line) < _depth(below) or below.lstrip().startswith((*_CLOSERS, "}")):
            continue
        if _opened(line, lexis) > 0:
            yield node.start_point.row + number


def _opened(line: str, lexis: Lexis) -> int:
    found = [token[0] for token in tokens_of(lexis).finditer(line)]
    return sum(token in _OPENERS for token in found) - sum(token in _CLOSERS for token in found)


def _depth(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _without_line(
    source: bytes, tree: tree_sitter.Tree, row: int, parser: tree_sitter.Parser
) -> tuple[bytes, tree_sitter.Tree]:
    lines = source.split(b"\n")
    start = sum(len(line) + 1 for line in lines[:row])
    length = len(lines[row].rstrip(b"\r"))
    blanked = source[:start] + b" " * length + source[start + length :]
    edited = tree.copy()
    edited.edit(start, start + length, start + length, (row, 0), (row, length), (row, length))
    return blanked, parser.parse(blanked, edited)
