"""What is inside of a node: between its brackets or words. Knows no language and no query."""

import tree_sitter

from mezzotint_grammars.lines import Line, line_after, line_at, line_before
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax

_OPENERS = frozenset(["{", "(", "[", "do", "=>"])


def inside_of(syntax: Syntax, node: tree_sitter.Node) -> Span:
    """The node without the bracket or word that opens it and the one that closes it.

    Where it has none but stands between two, as between a header and ``end``, all that is between.
    Where indentation ends it, the node itself.
    """
    first, last = _edges(node)
    if first is not None:
        return syntax.chars(first.end_byte, last.start_byte if last else node.end_byte)
    if node == syntax.tree.root_node:  # To ask for a parent costs a walk from the root.
        return Span(0, len(syntax.text))
    if syntax.language.indented:
        return _indented(syntax, node)
    before, after = node.prev_sibling, node.next_sibling
    return syntax.chars(
        before.end_byte if before else node.start_byte,
        after.start_byte if after else node.end_byte,
    )


def opening_end(node: tree_sitter.Node) -> int:
    """The byte behind the bracket or word that opens the node; where it starts if none does."""
    first, _ = _edges(node)
    return node.start_byte if first is None else first.end_byte


def _edges(node: tree_sitter.Node) -> tuple[tree_sitter.Node | None, tree_sitter.Node | None]:
    """The bracket or word that opens the node and the one that closes it.

    ``interface {`` is opened by its second child.
    """
    for number in range(min(2, node.child_count)):
        child = node.child(number)
        if child.type in _OPENERS and not child.is_missing:
            last = node.child(node.child_count - 1)
            return child, (last if last != child and not last.is_named else None)
    return None, None


def _indented(syntax: Syntax, node: tree_sitter.Node) -> Span:
    """The lines of a block, with the comments before it, which are no part of its node."""
    start, end = syntax.span(node)
    if not syntax.is_mended and _is_below_code(syntax, start):
        return Span(start, end)
    first = line_at(syntax.text, start)
    above = line_before(syntax.text, first) if first.content.start == start else None
    while above is not None and _belongs_below(syntax, above):
        if not above.is_blank and above.column >= first.column:
            start = above.content.start
        above = line_before(syntax.text, above)
    return Span(start, _end_with_blanked(syntax, node, end) if syntax.is_mended else end)


def _is_below_code(syntax: Syntax, place: int) -> bool:
    """Whether neither white space nor a comment is all of the line above."""
    end = max(0, syntax.text.rfind("\n", 0, place))
    above = syntax.text[syntax.text.rfind("\n", 0, end) + 1 : end].strip()
    return bool(above) and not above.startswith(syntax.language.lexis.line_comments)


def _belongs_below(syntax: Syntax, line: Line) -> bool:
    if line.is_blank or syntax.has_blanked(line):
        return True
    return syntax.text.startswith(syntax.language.lexis.line_comments, line.content.start)


def _end_with_blanked(syntax: Syntax, node: tree_sitter.Node, end: int) -> int:
    outside = line_at(syntax.text, syntax.span(node.parent or node).start).column
    below = line_after(syntax.text, line_at(syntax.text, end))
    while below is not None and (below.is_blank or syntax.has_blanked(below)):
        if not below.is_blank and below.column > outside:
            end = below.content.end
        below = line_after(syntax.text, below)
    return end
