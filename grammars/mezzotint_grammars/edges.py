"""What bounds a hole: the words and the code beside it, its indentation, the block it is in.

A block is found by trial: a statement is put into the hole, and the tree says what it became part
of. So one rule does for every language, and half a line that is being typed is no matter. Decides
nothing.
"""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from mezzotint_grammars import language_for
from mezzotint_grammars.lines import line_after, line_at, line_before
from mezzotint_grammars.opening import (
    indentation_of,
    is_left_open,
    is_word,
    may_open,
    step_of_indentation,
    without_comments_and_strings,
)
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span
from mezzotint_grammars.zones import Zone

_TRIAL, _CALL = "x;", "x()"
"""A statement, or so much like one that the block around it is known. In Lua only a call is one."""
_CLOSERS = re.compile(r"(?:\s*(?:[)\]}>\"'`]|/>))*\s*[:{;,]*\s*")
_ENDS = {
    Zone.STRING: re.compile(r"\s*(?:[\"'`/]|$)"),
    Zone.COMMENT: re.compile(r"\s*(?:\*+/|--+>|\]\]|$)"),
}
"""What closes a string or a comment, whatever follows it."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of one hole, in characters of the text that it is in."""

    left: str
    """What is before the hole on its line."""
    right: str
    """What is behind it on its line."""
    zone: Zone
    indent: str
    """The white space that the lines of a fill begin with."""
    opens_block: bool = False
    """Whether this is where a block begins or belongs that has nothing in it yet."""
    block_end: int | None = None
    """Where the block ends that the hole is in; only told where whole lines may go."""

    @property
    def word_before(self) -> str:
        """The piece of a word that ends where the hole starts."""
        return "".join(takewhile(is_word, reversed(self.left)))[::-1]

    @property
    def word_after(self) -> str:
        """The piece of a word that starts where the hole ends."""
        return "".join(takewhile(is_word, self.right))

    @property
    def is_before_code(self) -> bool:
        """Whether more follows on the line, or in the string or comment, than what closes it."""
        if self.zone in _ENDS:
            return not _ENDS[self.zone].match(self.right)
        return not _CLOSERS.fullmatch(self.right)


def edges_of(tree: SourceTree, hole: Span) -> Edges:
    """The edges of a hole; what the tree's text has in it is going to be replaced."""
    first, last = line_at(tree.text, hole.start), line_at(tree.text, hole.end)
    left, right = tree.text[first.start : hole.start], tree.text[hole.end : last.end]
    edges = Edges(left, right, tree.zone(hole.start), indentation_of(left))
    if edges.zone is not Zone.CODE or edges.is_before_code:
        return edges
    if left.strip():
        return _behind_code(tree, hole, edges)
    return edges if right.strip() else _on_blank_line(tree, hole, edges)


def _behind_code(tree: SourceTree, hole: Span, edges: Edges) -> Edges:
    if not may_open(edges.left, tree.language_id):
        return edges
    inside = edges.indent + step_of_indentation(tree.text, hole.start, tree.language_id)
    block = _block_by_trial(tree, hole, f"\n{inside}", f"\n{edges.indent}")
    if block.is_empty:
        return replace(edges, indent=inside, opens_block=True, block_end=block.end)
    below = _below(tree.text, hole.end)
    if not edges.right.strip() and is_left_open(edges.left, below, tree.language_id):
        return replace(edges, indent=inside, opens_block=True, block_end=hole.end)
    return edges


def _on_blank_line(tree: SourceTree, hole: Span, edges: Edges) -> Edges:
    above, below = _above(tree.text, hole.start), _below(tree.text, hole.end)
    if not edges.left and may_open(above, tree.language_id):
        # The cursor is not where the code goes: an editor has left the line empty.
        inside = indentation_of(above) + step_of_indentation(
            tree.text, hole.start, tree.language_id
        )
        block = _block_by_trial(tree, hole, inside, "")
        if block.is_empty:
            return replace(edges, indent=inside, opens_block=True, block_end=block.end)
    indent = edges.left or indentation_of(below)
    block = _block_by_trial(tree, hole, indent[len(edges.left) :], "")
    is_inside = len(indent) > len(indentation_of(above))
    if is_inside and not block.is_empty and is_left_open(above, below, tree.language_id):
        return replace(edges, indent=indent, opens_block=True, block_end=hole.end)
    return replace(edges, indent=indent, opens_block=block.is_empty, block_end=block.end)


@dataclass(frozen=True, slots=True)
class _Block:
    """What a statement in the hole becomes part of."""

    is_empty: bool
    """Whether there is nothing else in it but comments and a doc string, and it is not the file."""
    end: int
    """Where it ends in the text as it is."""


def _block_by_trial(tree: SourceTree, hole: Span, before: str, after: str) -> _Block:
    known = language_for(tree.language_id)
    statement = _CALL if known is not None and known.block_end == "end" else _TRIAL
    trial = before + statement + after
    tried = tree.edited(hole.start, hole.end, trial)
    place = hole.start + len(before)
    block = tried.enclosing_block(place)
    statements = without_comments_and_strings(
        tried.text[block.start : block.end], tried.language_at(place)
    )
    around = tried.text[: block.start] + tried.text[block.end :]
    end = min(block.end, len(tried.text)) - len(trial) + hole.end - hole.start
    is_empty = statements.strip() == statement and bool(around.strip())
    return _Block(is_empty, max(hole.end, end))


def _above(text: str, offset: int) -> str:
    """The nearest line before this one that says something; empty if there is none."""
    line = line_before(text, line_at(text, offset))
    while line is not None and line.is_blank:
        line = line_before(text, line)
    return text[line.start : line.end] if line else ""


def _below(text: str, offset: int) -> str:
    """The same after this one."""
    line = line_after(text, line_at(text, offset))
    while line is not None and line.is_blank:
        line = line_after(text, line)
    return text[line.start : line.end] if line else ""
