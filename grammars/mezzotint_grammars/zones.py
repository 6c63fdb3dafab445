"""Whether a place lies in code, in a string or in a comment.

Reads ``zones.scm``: ``@string`` and ``@comment``, ``@code`` for code inside of a string, and ``@text``
for text without quotes, which counts as a string.
"""

from enum import Enum

import tree_sitter

from mezzotint_grammars.lexis import Lexis, is_open, tokens_of
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax


class Zone(Enum):
    """What the characters before and after a place both lie in."""

    CODE = "code"
    STRING = "string"
    COMMENT = "comment"


_ZONES = {
    "code": Zone.CODE,
    "string": Zone.STRING,
    "text": Zone.STRING,
    "comment": Zone.COMMENT,
}


def zone_at(syntax: Syntax, offset: int) -> Zone:
    """The zone of a place; code in a string, as between the braces of an f-string, is code.

    In a line that does not parse, a string that is not closed yet is one all the same.
    """
    zone = _zone_in_tree(syntax, offset)
    line = Span(syntax.text.rfind("\n", 0, offset) + 1, offset)
    if zone is not Zone.CODE or not syntax.has_error(line):
        return zone
    if _zone_in_tree(syntax, line.start) is not Zone.CODE:
        return zone
    return lexical_zone(syntax.text, syntax.language.lexis, line.start, offset)


def lexical_zone(text: str, lexis: Lexis, start: int, offset: int) -> Zone:
    """The same without a tree, ``start`` taken to be code."""
    end = text.find("\n", offset)
    for token in tokens_of(lexis).finditer(text, start, len(text) if end < 0 else end):
        if token.start() >= offset:
            break
        if token.lastgroup == "bracket" or token.end() < offset:
            continue
        if offset < token.end() or is_open(lexis, token[0]):
            return Zone(token.lastgroup)
    return Zone.CODE


def _zone_in_tree(syntax: Syntax, offset: int) -> Zone:
    around = Span(max(0, offset - 1), min(len(syntax.text), offset + 1))
    captures = syntax.captures("zones", around).items()
    zones = [(node, capture) for capture, nodes in captures for node in nodes]
    zones.sort(key=lambda zone: zone[0].end_byte - zone[0].start_byte)
    holding = (kind for node, kind in zones if _holds(syntax, node, kind, offset))
    return _ZONES[next(holding, "code")]


def _holds(syntax: Syntax, node: tree_sitter.Node, capture: str, offset: int) -> bool:
    """Whether what is typed at ``offset`` becomes part of the node."""
    span = syntax.span(node)
    if capture == "text":
        return span.start <= offset <= span.end
    if offset != span.end:
        return span.start < offset < span.end
    if capture == "comment":
        return is_open(syntax.language.lexis, syntax.text[span.start : span.end])
    return node.has_error
