"""What is known about one programming language: its names, its lexis, its grammar, its queries.

A language is a folder of data: ``language.toml`` and the tree-sitter queries beside it. Knows no
holes and no editors. Grammar and queries are loaded when they are first asked for.
"""

import pkgutil
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import tree_sitter

from mezzotint_grammars.lexis import Lexis


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as its folder describes it."""

    id: str
    """The LSP language identifier."""
    extensions: tuple[str, ...]
    """File name endings, each with its dot."""
    grammar: str
    """The grammar package's entry point, as ``module:function``."""
    folders: tuple[Path, ...]
    """Where its queries are: those of the languages that it inherits from first, its own last."""
    lexis: Lexis
    aliases: tuple[str, ...] = ()
    """Other identifiers that editors use for it."""
    indented: bool = False
    """Whether indentation, not a bracket or a word, ends a block."""
    block_end: str = ""
    """The bracket or word that ends most blocks, where there is one."""
    empty_body: str = ""
    """The statement that does nothing, where a block must not be empty."""
    depth: int | None = None
    """Deeper in the tree than so many nodes hardly anything is defined or imported."""
    step: str = "    "
    """How much deeper the lines of a block are, where a file does not tell."""

    @classmethod
    def from_folder(cls, folder: Path) -> "Language":
        """The language that ``language.toml`` in this folder describes."""
        known: dict[str, Any] = tomllib.loads((folder / "language.toml").read_text("utf-8"))
        inherited = tuple(folder.parent / name for name in known.pop("inherits", ()))
        lexis = Lexis(**_frozen(known.pop("lexis", {})))
        return cls(lexis=lexis, folders=(*inherited, folder), **_frozen(known))

    def parse(self, source: str) -> tree_sitter.Tree:
        """Parse ``source``; byte offsets in the tree count UTF-8. Holds the GIL: 1 ms for 7 kB."""
        return self.parser().parse(source.encode("utf-8", errors="replace"))

    def parser(self) -> tree_sitter.Parser:
        """A new parser for this language; one of them serves one thread at a time."""
        return tree_sitter.Parser(_grammar(self.grammar))

    def query(self, *names: str) -> tree_sitter.Query:
        """The queries in the files ``name.scm`` as one; without patterns if there is no such file."""
        return _query(self.grammar, self.folders, names)

    def prepare(self) -> None:
        """Load what is asked about places; it holds the GIL, 200 ms in all for C++."""
        for name in ("blocks", "definitions", "zones", "injections"):
            self.query(name)
        self.errors()

    def errors(self) -> tree_sitter.Query:
        """The query for everything that does not parse."""
        return _errors(self.grammar)


@cache
def _grammar(entry_point: str) -> tree_sitter.Language:
    capsule: object = pkgutil.resolve_name(entry_point)()
    return tree_sitter.Language(capsule)


@cache
def _query(grammar: str, folders: tuple[Path, ...], names: tuple[str, ...]) -> tree_sitter.Query:
    files = (folder / f"{name}.scm" for name in names for folder in folders)
    source = "\n".join(file.read_text("utf-8") for file in files if file.exists())
    return tree_sitter.Query(_grammar(grammar), source)


@cache
def _errors(grammar: str) -> tree_sitter.Query:
    return tree_sitter.Query(_grammar(grammar), "(ERROR) @error (MISSING) @error")


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    """The table with tuples in place of lists, all the way down."""
    return {key: _tuples(value) for key, value in table.items()}


def _tuples(value: object) -> object:
    return tuple(map(_tuples, cast("list[object]", value))) if isinstance(value, list) else value
