"""Whether code is well formed, and what is wrong with a fill in the code around it.

Counts what tree-sitter finds wrong and looks for names that nothing brings in, for what is defined
already and for a fill that leaves its block. Fixes nothing but a fill that goes on too long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import tree_sitter

from mezzotint_grammars.definitions import Definition, definitions_of
from mezzotint_grammars.given import given_names
from mezzotint_grammars.lines import line_at
from mezzotint_grammars.nearby import Nearby
from mezzotint_grammars.own_parser import is_rejected
from mezzotint_grammars.sides import head_of, tail_of
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span

_TRIALS = ("", "x", " x", "x:", "x()", "pass", "x import x")
"""One of these will do in most gaps, in most languages."""
_ONCE = frozenset(["function", "method", "class", "interface", "enum"])
"""Kinds of definitions that hide an earlier one; a variable is simply given another value."""


@dataclass(frozen=True, slots=True)
class Validity:
    """What is wrong with a fill. Nothing, if all of this is empty."""

    new_errors: int = 0
    """How many more ERROR and MISSING nodes there are with it than without; never below 0."""
    unknown: frozenset[str] = frozenset()
    """Names that it uses and that stand nowhere else in the code, nor are the language's own."""
    twice: frozenset[str] = frozenset()
    """Names that it gives to something beside another thing of that name."""
    leaves_block: bool = False
    """Whether it goes on after the block that it begins in."""


def validity(before: SourceTree, after: SourceTree, fill: Span, elsewhere: str = "") -> Validity:
    """What a fill does to code; ``fill`` is where it is in ``after`` and ``before`` is without it.

    ``elsewhere`` is more of the same file. Of code that does not parse, nothing else is said.
    """
    if (new := _errors(after) - _errors(before)) > 0:
        return Validity(new_errors=new)
    return Validity(
        unknown=_unknown(before, after, fill, elsewhere),
        twice=_twice(before, after, fill),
        leaves_block=block_end(after, fill) < fill.end,
    )


def block_end(after: SourceTree, fill: Span) -> int:
    """Where the part of a fill ends that is in the block that it begins in."""
    text = after.text[fill.start : fill.end]
    if not text.strip():
        return fill.end
    first = fill.start + len(text) - len(text.lstrip())
    last = fill.start + len(text.rstrip())
    end = after.enclosing_block(first).end
    return fill.end if end >= last else max(end, fill.start)


@dataclass(frozen=True)
class Gap:
    """The code on both sides of a hole, as far as it is looked at, with nothing between."""

    tree: SourceTree
    place: int
    elsewhere: str
    """What is known of the file beside that."""

    def validity(self, fill: str) -> Validity:
        """What is wrong with a fill."""
        return validity(self.tree, *_filled(self, fill), self.elsewhere)

    def errors(self, fill: str) -> int:
        """How many ERROR and MISSING nodes there are with a fill.

        One, if it is only the language's own parser that does not take the code.
        """
        return _errors_with(self, fill)

    @cached_property
    def least_errors(self) -> int:
        """How few errors some simple text leaves besides those that begin in its own lines.

        Those are the text's own fault, as no simple text is right in some gaps; what is left is
        wrong anyway.
        """
        least = min(map(self._errors_elsewhere, _TRIALS))
        trial = self._nearby.trial if least > 0 else None
        return least if trial is None else min(least, self._errors_elsewhere(trial))

    def _errors_elsewhere(self, fill: str) -> int:
        after, span = _filled(self, fill)
        if after.syntax is None or not after.syntax.tree.root_node.has_error:
            return self.errors(fill)
        first, last = line_at(after.text, span.start), line_at(after.text, span.end)
        places = (after.syntax.span(error).start for error in _wrong_nodes(after))
        return sum(not first.start <= place <= last.end for place in places)

    def mended(self, fill: str, *, may_add_line: bool = False) -> str:
        """The fill with another end if it breaks the code without; as it is if nothing helps."""
        errors = self.errors(fill)
        others = self._nearby.other_ends(fill, may_add_line=may_add_line) if errors > 0 else ()
        return next((other for other in others if self.errors(other) < errors), fill)

    @cached_property
    def _nearby(self) -> Nearby:
        return Nearby.around(self.tree, self.place)

    def until_block_ends(self, fill: str) -> str:
        """The fill without what comes after the block that it begins in."""
        after, span = _filled(self, fill)
        end = block_end(after, span)
        return fill if end == span.end else after.text[span.start : end].rstrip()


@lru_cache(maxsize=2)
def gap_between(prefix: str, suffix: str, language: str) -> Gap:
    """The gap between two pieces of code; asked for with every candidate, parsed once."""
    before, after = tail_of(prefix, language), head_of(suffix, language)
    elsewhere = prefix[: len(prefix) - len(before)] + suffix[len(after) :]
    return Gap(SourceTree.parse(before + after, language), len(before), elsewhere)


@lru_cache(maxsize=64)
def _filled(gap: Gap, fill: str) -> tuple[SourceTree, Span]:
    """The code with a fill, and where it is; several questions are asked about each, one after another."""
    after = gap.tree.edited(gap.place, gap.place, fill)
    return after, Span(gap.place, gap.place + len(fill))


@lru_cache(maxsize=256)
def _errors_with(gap: Gap, fill: str) -> int:
    after, span = _filled(gap, fill)
    return _errors(after) or is_rejected(after, span)


def errors_in(text: str, language: str) -> int:
    """How many ERROR and MISSING nodes ``text`` parses to; 0 if the language is not known.

    Parses all of ``text``; for a hole in a large file use :func:`errors_around`.
    """
    return _errors(SourceTree.parse(text, language))


def errors_around(prefix: str, middle: str, suffix: str, language: str) -> int:
    """As :meth:`Gap.errors` for the three joined, looking no further than needed around ``middle``.

    The window depends on ``prefix`` and ``suffix`` alone, so the counts of two middles compare.
    """
    return gap_between(prefix, suffix, language).errors(middle)


def _unknown(before: SourceTree, after: SourceTree, fill: Span, elsewhere: str) -> frozenset[str]:
    given = given_names(after.language_at(fill.start))
    if not given:
        return frozenset()
    new = {
        name
        for name in after.names_used(fill.start, fill.end) - given
        if not (_stands_in(before.text, name) or _stands_in(elsewhere, name))
    }
    if not new or any("*" in one.names for one in before.imports()):
        return frozenset()
    return frozenset(new - after.names_defined())


def _stands_in(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _twice(before: SourceTree, after: SourceTree, fill: Span) -> frozenset[str]:
    if after.syntax is None:
        return frozenset()
    new = [
        one
        for one in definitions_of(after.syntax, fill)
        if fill.start <= one.start and one.end <= fill.end and _hides_others(after, one)
    ]
    if not new:
        return frozenset()
    old = [_moved(one, fill) for one in before.definitions() if _hides_others(before, one)]
    return frozenset(
        one.name
        for place, one in enumerate(new)
        if any(_is_hidden(after, other, one) for other in (*old, *new[:place]))
    )


def _hides_others(tree: SourceTree, one: Definition) -> bool:
    """Whether it is not one of several that belong together, as a property and its setter."""
    return one.kind in _ONCE and not tree.text.startswith("@", one.start)


def _moved(one: Definition, fill: Span) -> Definition:
    return one if one.start < fill.start else one.shifted(fill.end - fill.start)


def _is_hidden(after: SourceTree, one: Definition, by: Definition) -> bool:
    """Whether two definitions stand side by side; with other arguments, they may in some languages."""
    if one.name != by.name or (one.signature != by.signature and _may_overload(after.language_id)):
        return False
    return after.enclosing_block(one.start) == after.enclosing_block(by.start)


def _may_overload(language_id: str) -> bool:
    return language_id != "python"


def _errors(tree: SourceTree) -> int:
    return sum(1 for _ in _wrong_nodes(tree))


def _wrong_nodes(tree: SourceTree) -> Iterator[tree_sitter.Node]:
    """Every ERROR and MISSING."""
    unseen = [tree.syntax.tree.root_node] if tree.syntax else []
    while unseen:
        node = unseen.pop()
        if node.is_error or node.is_missing:
            yield node
        unseen.extend(child for child in node.children if child.has_error)
