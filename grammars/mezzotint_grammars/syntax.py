"""One text with its tree: parsed, parsed again after an edit, and asked by query.

Knows tree-sitter's bytes and points, so that the rest can count in characters; knows no meaning of
any query.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import tree_sitter

from mezzotint_grammars.language import Language
from mezzotint_grammars.lines import Line
from mezzotint_grammars.mending import mend, point_at
from mezzotint_grammars.offsets import Offsets, utf8
from mezzotint_grammars.span import Span

_SMALL = 32_000
"""Bytes that are parsed anew in about 3 ms."""
Nodes = dict[str, list[tree_sitter.Node]]


@dataclass(frozen=True, eq=False)
class Syntax:
    """A text in a known language, and how it parses."""

    language: Language
    text: str
    source: bytes
    tree: tree_sitter.Tree
    offsets: Offsets
    is_mended: bool = False
    """Whether the tree is that of the text without some of its lines."""

    @classmethod
    def of(cls, text: str, language: Language) -> "Syntax":
        """Parse the text."""
        source = utf8(text)
        return cls(language, text, source, language.parser().parse(source), Offsets(text))

    def edited(self, start: int, old_end: int, new_text: str) -> "Syntax":
        """Parse what changes when these characters become ``new_text``; this tree stays as it is.

        The result is that of a fresh parse; in a large text, what is broken may be told differently.
        """
        text = self.text[:start] + new_text + self.text[old_end:]
        is_small = len(self.source) <= _SMALL
        if is_small and self.tree.root_node.has_error:
            # What is reused may lead tree-sitter to another recovery from the same error.
            return Syntax.of(text, self.language)
        tree, source = self._tree_edited(start, old_end, utf8(new_text))
        parsed = self.language.parser().parse(source, tree)
        if is_small and parsed.root_node.has_error:
            return Syntax.of(text, self.language)
        return Syntax(self.language, text, source, parsed, Offsets(text))

    def _tree_edited(self, start: int, old_end: int, new: bytes) -> tuple[tree_sitter.Tree, bytes]:
        start_byte, old_end_byte = self.offsets.byte_of(start), self.offsets.byte_of(old_end)
        source = self.source[:start_byte] + new + self.source[old_end_byte:]
        new_end_byte = start_byte + len(new)
        tree = self.tree.copy()
        tree.edit(
            start_byte,
            old_end_byte,
            new_end_byte,
            point_at(self.source, start_byte),
            point_at(self.source, old_end_byte),
            point_at(source, new_end_byte),
        )
        return tree, source

    @property
    def mended(self) -> "Syntax":
        """The same without the lines that keep others from being understood; offsets are equal."""
        # Nothing keeps hold of itself: a tree is large and goes as soon as nobody needs it.
        return self._mended if self.tree.root_node.has_error else self

    @cached_property
    def _mended(self) -> "Syntax":
        mended = mend(self.source, self.tree, self.language)
        return replace(self, source=mended.source, tree=mended.tree, is_mended=True)

    @cached_property
    def contents(self) -> tuple[list[Nodes], list[Nodes]]:
        """What the queries for definitions and for imports find anywhere in the text.

        In one walk through the tree, which takes longer than finding something; where it may stop
        at a depth, half as long.
        """
        definitions: list[Nodes] = []
        imports: list[Nodes] = []
        cursor = tree_sitter.QueryCursor(self.language.query("definitions", "imports"))
        if self.language.depth is not None:
            cursor.set_max_start_depth(self.language.depth)
        for _, nodes in cursor.matches(self.tree.root_node):
            (imports if "import" in nodes else definitions).append(nodes)
        return definitions, imports

    def has_blanked(self, line: Line) -> bool:
        """Whether a line of the text counts as blank in what was mended."""
        start, end = self.offsets.byte_of(line.start), self.offsets.byte_of(line.end)
        return self.is_mended and not line.is_blank and not self.source[start:end].strip()

    def span(self, node: tree_sitter.Node) -> Span:
        """Where a node is."""
        return self.offsets.span_of(*node.byte_range)

    def trimmed(self, node: tree_sitter.Node) -> Span:
        """The same without white space at its end; some grammars count the line break in."""
        return self.trimmed_chars(*node.byte_range)

    def chars(self, start_byte: int, end_byte: int) -> Span:
        """The characters between two bytes."""
        return self.offsets.span_of(start_byte, end_byte)

    def trimmed_chars(self, start: int, end: int) -> Span:
        """The characters between two bytes, without white space at their end."""
        if self.source[end - 1 : end].isspace():
            end = start + len(self.source[start:end].rstrip())
        return self.offsets.span_of(start, end)

    def text_of(self, node: tree_sitter.Node) -> str:
        """What a node spells."""
        start, end = node.byte_range
        return self.source[start:end].decode("utf-8")

    def matches(self, query: str, within: Span | None = None) -> Iterator[tuple[int, Nodes]]:
        """What the query finds, with the number of the pattern; ``within``: what touches that."""
        yield from self._cursor(query, within).matches(self.tree.root_node)

    def captures(self, query: str, within: Span | None = None) -> Nodes:
        """The nodes that the query captures, by the name of the capture."""
        return self._cursor(query, within).captures(self.tree.root_node)

    def has_error(self, within: Span) -> bool:
        """Whether anything that touches this piece does not parse."""
        if not self.tree.root_node.has_error:
            return False
        cursor = self._over(tree_sitter.QueryCursor(self.language.errors()), within)
        return bool(cursor.captures(self.tree.root_node))

    def _cursor(self, query: str, within: Span | None) -> tree_sitter.QueryCursor:
        cursor = tree_sitter.QueryCursor(self.language.query(query))
        return cursor if within is None else self._over(cursor, within)

    def _over(self, cursor: tree_sitter.QueryCursor, within: Span) -> tree_sitter.QueryCursor:
        # An empty range would be taken for the whole text.
        start, end = self.offsets.byte_of(within.start), self.offsets.byte_of(within.end)
        cursor.set_byte_range(start, max(end, start + 1))
        return cursor
