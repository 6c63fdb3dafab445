"""What is around a place: the block, the statement, the definition.

Reads ``blocks.scm``, where ``@block`` holds statements, or what is from the end of the last
``@open`` to ``@close`` does, or to the end of the node around it if there is no ``@close``.

A place is in a block if what is typed there becomes part of it. After the last line of an indented
block, it does as long as the line is indented further than the block's header.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tree_sitter

from mezzotint_grammars.definitions import Definition, definitions_of
from mezzotint_grammars.inside import inside_of
from mezzotint_grammars.lines import Line, column_after, line_after, line_at, line_before
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Nodes, Syntax


def block_at(syntax: Syntax, offset: int) -> Span:
    """The inside of the innermost block; the whole text if there is no other."""
    place = _place(syntax, offset)
    return next((span for span, _ in _blocks(syntax, place)), Span(0, len(syntax.text)))


def statement_at(syntax: Syntax, offset: int) -> Span | None:
    """The innermost statement that the place touches; in broken code at least its line."""
    line = line_at(syntax.text, offset)
    if line.is_blank:
        return None
    place = _place(syntax, offset)
    if syntax.has_blanked(line):
        return line.content
    touched = min(max(offset, line.content.start), line.content.end)
    block, node = next(_blocks(syntax, place), (Span(0, len(syntax.text)), None))
    for child in _children_at(syntax, node, touched) if node else ():
        span = syntax.trimmed(child)
        is_inside = child.is_named and block.start <= span.start and span.end <= block.end
        if is_inside and span.start <= touched <= span.end:
            return line.content if child.is_error else span
    return line.content


def definition_at(syntax: Syntax, offset: int) -> Span | None:
    """The innermost definition that what is typed here becomes part of."""
    place = _place(syntax, offset)
    around = definitions_of(syntax, _touching(syntax, place.anchor))
    holding = [Span(one.start, one.end) for one in around if _is_in_definition(syntax, place, one)]
    return min(holding, key=lambda span: span.end - span.start, default=None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place, and where in the tree to look for what it belongs to."""

    offset: int
    anchor: int
    """Next to a blank or a comment in an indented language; else the place itself."""
    line: Line
    column: int


def _place(syntax: Syntax, offset: int) -> _Place:
    text, line = syntax.text, line_at(syntax.text, offset)
    if not syntax.language.indented:
        return _Place(offset, offset, line, line.column)
    if not _says_nothing(syntax, line):
        return _Place(offset, max(offset, line.content.start), line, line.column)
    column = column_after(text[line.start : offset]) if line.is_blank else line.column
    below = _next_that_says(syntax, line, line_after)
    if below is not None and below.column == column and not line.is_blank:
        return _Place(offset, below.content.start, line, column)
    above = _next_that_says(syntax, line, line_before)
    return _Place(offset, above.content.end if above else 0, line, column)


def _next_that_says(
    syntax: Syntax, line: Line, following: Callable[[str, Line], Line | None]
) -> Line | None:
    found = following(syntax.text, line)
    while found is not None and _says_nothing(syntax, found):
        found = following(syntax.text, found)
    return found


def _says_nothing(syntax: Syntax, line: Line) -> bool:
    if line.is_blank or syntax.has_blanked(line):
        return True
    return syntax.text.startswith(syntax.language.lexis.line_comments, line.content.start)


def _blocks(syntax: Syntax, place: _Place) -> Iterator[tuple[Span, tree_sitter.Node]]:
    """The blocks that hold the place, the innermost first, each with the node of its statements."""
    matches = syntax.matches("blocks", _touching(syntax, place.anchor))
    found = [block for _, nodes in matches if (block := _block(syntax, nodes))]
    found.sort(key=lambda block: (block[0].end - block[0].start, -block[1].start_byte))
    yield from (block for block in found if _is_in_block(syntax, place, *block))


def _block(syntax: Syntax, nodes: Nodes) -> tuple[Span, tree_sitter.Node] | None:
    if "block" in nodes:
        return inside_of(syntax, nodes["block"][0]), nodes["block"][0]
    opener = max(nodes["open"], key=lambda node: node.end_byte)
    closer = nodes["close"][0] if "close" in nodes else None
    parent = (closer or opener).parent
    if parent is None:
        return None
    end = closer.start_byte if closer else parent.end_byte
    return syntax.chars(opener.end_byte, end), parent


def _is_in_block(syntax: Syntax, place: _Place, span: Span, node: tree_sitter.Node) -> bool:
    if node.parent is None:
        return True
    if not span.start <= place.anchor <= span.end:
        return False
    if not syntax.language.indented or span.start >= place.line.start:
        return True
    return place.column > _column_of_line(syntax, node.parent)


def _is_in_definition(syntax: Syntax, place: _Place, definition: Definition) -> bool:
    if not syntax.language.indented or definition.body_start is None:
        has_no_body = definition.body_start is None
        return definition.start < place.offset < definition.end + has_no_body
    if not definition.start < place.anchor <= definition.end:
        return False
    header = line_at(syntax.text, definition.start)
    return place.column > header.column or place.offset <= definition.body_start


def _column_of_line(syntax: Syntax, node: tree_sitter.Node) -> int:
    return line_at(syntax.text, syntax.offsets.char_of(node.start_byte)).column


def _children_at(syntax: Syntax, node: tree_sitter.Node, offset: int) -> Iterator[tree_sitter.Node]:
    """The children that touch the place, the one that goes on after it first."""
    byte = syntax.offsets.byte_of(offset)
    for nearby in (byte, max(0, byte - 1)):
        # Not Node.first_named_child_for_byte: where there is none, py-tree-sitter 0.26.1 gives a
        # node that crashes the process when it is asked anything.
        cursor = node.walk()
        if cursor.goto_first_child_for_byte(nearby) is not None and cursor.node is not None:
            yield cursor.node


def _touching(syntax: Syntax, offset: int) -> Span:
    return Span(max(0, offset - 1), min(len(syntax.text), offset + 1))
