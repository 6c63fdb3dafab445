"""What is known about one programming language: its names, its lexis, its tree-sitter grammar.

Knows no holes and no editors. Values only; the grammar itself is loaded when it is first asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import tree_sitter


@dataclass(frozen=True, slots=True)
class Lexis:
    """The little of a language's lexical rules that tells code from strings and comments."""

    line_comments: tuple[str, ...] = ()
    """What starts a comment that ends with the line, such as ``#``."""
    quotes: tuple[str, ...] = ()
    """Delimiters, one character each, of strings that end with the line, closed or not."""
    long_quotes: tuple[str, ...] = ()
    """Delimiters of strings that go on over line breaks."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language; the instances live in this package's folders, one folder a language."""

    id: str
    """The LSP language identifier."""
    extensions: tuple[str, ...]
    """File name endings, each with its dot."""
    lexis: Lexis
    grammar: Callable[[], object]
    """The grammar package's entry point; returns a capsule."""

    def parse(self, source: str) -> tree_sitter.Tree:
        """Parse ``source``; byte offsets in the tree count UTF-8. Holds the GIL: 1 ms for 7 kB."""
        parser = tree_sitter.Parser(_load(self.grammar))
        return parser.parse(source.encode("utf-8", errors="replace"))


@cache
def _load(grammar: Callable[[], object]) -> tree_sitter.Language:
    return tree_sitter.Language(grammar())
