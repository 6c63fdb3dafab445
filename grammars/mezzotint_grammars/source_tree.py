"""One text as a language sees it: what is defined and imported in it, what is around a place.

All offsets count characters. A text in a language that is not known has no tree; what is around a
place is then told by indentation and braces, and nothing is an error. Knows no editor and no model.
"""

from dataclasses import dataclass
from functools import cached_property

from mezzotint_grammars import definitions, imports, indentation, language_for, names, places, zones
from mezzotint_grammars.definitions import Definition
from mezzotint_grammars.imports import Import
from mezzotint_grammars.lexis import Lexis
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax
from mezzotint_grammars.zones import Zone

__all__ = ["Definition", "Import", "SourceTree", "Span", "Zone"]


@dataclass(frozen=True, eq=False)
class SourceTree:
    """A text and its tree; it does not change. Parsing holds the GIL: 1 ms for 7 kB."""

    text: str
    language_id: str
    syntax: Syntax | None
    """How it parses; nothing if the language is not known."""

    @classmethod
    def parse(cls, text: str, language_id: str) -> "SourceTree":
        """Parse a text, in whatever language and state."""
        language = language_for(language_id)
        return cls(text, language_id, Syntax.of(text, language) if language else None)

    def edited(self, start: int, old_end: int, new_text: str) -> "SourceTree":
        """The text with ``start`` to ``old_end`` replaced; only what that changes is parsed."""
        text = self.text[:start] + new_text + self.text[old_end:]
        syntax = self.syntax.edited(start, old_end, new_text) if self.syntax else None
        return SourceTree(text, self.language_id, syntax)

    def definitions(self) -> tuple[Definition, ...]:
        """What has a name that other places use, by where it starts."""
        return self._definitions

    def imports(self) -> tuple[Import, ...]:
        """What is taken from elsewhere, by where it starts."""
        return imports.imports_of(self.syntax.mended) if self.syntax else ()

    def enclosing_block(self, offset: int) -> Span:
        """The inside of the innermost block that what is typed here becomes part of."""
        if self.syntax is None:
            return indentation.block_at(self.text, offset)
        return places.block_at(self.syntax.mended, offset)

    def enclosing_statement(self, offset: int) -> Span | None:
        """The innermost statement that the place touches, in broken code its line."""
        if self.syntax is None:
            return indentation.statement_at(self.text, offset)
        return places.statement_at(self.syntax.mended, offset)

    def enclosing_definition(self, offset: int) -> Span | None:
        """The innermost definition that what is typed here becomes part of."""
        if self.syntax is None:
            return indentation.definition_at(self.text, offset)
        found = places.definition_at(self.syntax.mended, offset)
        return Span(found.start, found.end) if found else None

    def zone(self, offset: int) -> Zone:
        """What the characters before and after the place both lie in."""
        if self.syntax is None:
            return zones.lexical_zone(self.text, Lexis(), 0, offset)
        return zones.zone_at(self.syntax, offset)

    def names_used(self, start: int, end: int) -> frozenset[str]:
        """The names that are read between two places; what follows a dot is not one."""
        return names.names_used(self.syntax, Span(start, end)) if self.syntax else frozenset()

    def names_defined(self) -> frozenset[str]:
        """Every name that comes into being anywhere in the text, scopes left aside."""
        if self.syntax is None:
            return frozenset()
        return names.names_defined(self.syntax) | names.names_defined(self.syntax.mended)

    @cached_property
    def _definitions(self) -> tuple[Definition, ...]:
        return definitions.definitions_of(self.syntax.mended) if self.syntax else ()
