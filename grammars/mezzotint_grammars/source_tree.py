"""One text as a language sees it: what is defined and imported in it, what is around a place.

All offsets count characters. A text in a language that is not known has no tree; what is around a
place is then told by indentation and braces, and nothing is an error. Knows no editor and no model.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from mezzotint_grammars import (
    definitions,
    imports,
    indentation,
    language_for,
    names,
    placeholders,
    places,
    zones,
)
from mezzotint_grammars.definitions import Definition
from mezzotint_grammars.imports import Import
from mezzotint_grammars.injections import injections_of
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax
from mezzotint_grammars.zones import Zone

__all__ = ["Definition", "Import", "SourceTree", "Span", "Zone"]


@dataclass(frozen=True, eq=False)
class SourceTree:
    """A text and its tree; it does not change. Parsing holds the GIL: 1 ms for 10 kB of Python."""

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
        own = imports.imports_of(self.syntax.mended) if self.syntax else ()
        inner = (one.shifted(at.start) for at, tree in self._inner for one in tree.imports())
        return tuple(sorted(chain(own, inner), key=lambda one: one.start))

    def enclosing_block(self, offset: int) -> Span:
        """The inside of the innermost block that what is typed here becomes part of."""
        at, tree = self._tree_at(offset)
        if tree.syntax is None:
            return indentation.block_at(tree.text, offset - at).shifted(at)
        return places.block_at(tree.syntax.mended, offset - at).shifted(at)

    def enclosing_statement(self, offset: int) -> Span | None:
        """The innermost statement that the place touches, in broken code its line."""
        at, tree = self._tree_at(offset)
        if tree.syntax is None:
            found = indentation.statement_at(tree.text, offset - at)
        else:
            found = places.statement_at(tree.syntax.mended, offset - at)
        return found.shifted(at) if found else None

    def enclosing_definition(self, offset: int) -> Span | None:
        """The innermost definition that what is typed here becomes part of."""
        at, tree = self._tree_at(offset)
        if tree.syntax is None:
            span = indentation.definition_at(tree.text, offset - at)
        else:
            span = places.definition_at(tree.syntax.mended, offset - at)
        return span.shifted(at) if span else None

    def zone(self, offset: int) -> Zone:
        """What the characters before and after the place both lie in."""
        at, tree = self._tree_at(offset)
        return zones.zone_at(tree.syntax, offset - at) if tree.syntax else Zone.CODE

    def language_at(self, offset: int) -> str:
        """The language of this place: in HTML that of a script or a style."""
        return self._tree_at(offset)[1].language_id

    def placeholders(self, within: Span) -> tuple[Span, ...]:
        """What stands for code that is yet to be written, by where it starts."""
        if self.syntax is None:
            return placeholders.marks_in(self.text, within)
        found = set(placeholders.placeholders_of(self.syntax, within))
        for at, tree in self._inner:
            start, end = max(within.start, at.start), min(within.end, at.end)
            inner = tree.placeholders(Span(start, end).shifted(-at.start)) if start < end else ()
            found.update(one.shifted(at.start) for one in inner)
        return tuple(sorted(found))

    def names_used(self, start: int, end: int) -> frozenset[str]:
        """The names that are read between two places; what follows a dot is not one."""
        at, tree = self._tree_at(start)
        if tree.syntax is None:
            return frozenset()
        return names.names_used(tree.syntax, Span(start, end).shifted(-at))

    def names_defined(self) -> frozenset[str]:
        """Every name that comes into being anywhere in the text, scopes left aside."""
        if self.syntax is None:
            return frozenset()
        own = names.names_defined(self.syntax) | names.names_defined(self.syntax.mended)
        imported = chain.from_iterable(map(names.names_imported, self.imports()))
        return own.union(imported, *(tree.names_defined() for _, tree in self._inner))

    @cached_property
    def _definitions(self) -> tuple[Definition, ...]:
        own = definitions.definitions_of(self.syntax.mended) if self.syntax else ()
        inner = (one.shifted(at.start) for at, tree in self._inner for one in tree.definitions())
        return tuple(sorted(chain(own, inner), key=lambda one: (one.start, -one.end)))

    @cached_property
    def _inner(self) -> tuple[tuple[Span, "SourceTree"], ...]:
        """The texts in other languages inside of this one."""
        found = injections_of(self.syntax) if self.syntax else ()
        return tuple((at, SourceTree.parse(self.text[at.start : at.end], id_)) for at, id_ in found)

    def _tree_at(self, offset: int) -> tuple[int, "SourceTree"]:
        """The tree that this place belongs to, and where its text starts."""
        holding = (one for one in self._inner if one[0].start <= offset <= one[0].end)
        return next(((at.start, tree) for at, tree in holding), (0, self))
