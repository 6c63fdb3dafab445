"""The outline of a file: what it defines and imports, in few words; all that the index keeps of it.

Made in a reader's process, sent and kept as a line (``wire.py``). Lines are counted from 0, in text with line feeds alone.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeVar

from mezzotint_grammars.definitions import Definition
from mezzotint_grammars.source_tree import SourceTree

BLOCK_LINES = 20
"""The words of an open text are told apart by blocks of this many lines."""
MAX_ENTRIES = 2_000
MAX_DOC_CHARS = 120
MIN_WORD_CHARS = 3

K = TypeVar("K")

NO_OWNER = -1
_NO_NAMES = frozenset({"key", "rule", "element"})
"""Kinds of definitions that code elsewhere does not refer to."""
_WITH_LOCALS = frozenset({"function", "method"})
_WORD = re.compile(rf"[^\W\d]\w{{{MIN_WORD_CHARS - 1},}}")


class Entry(NamedTuple):
    """One definition."""

    name: str
    kind: str
    first_line: int
    last_line: int
    owner: int
    """The index of the class or the like that it is a member of, or ``NO_OWNER``."""
    signature: str
    doc: str
    has_body: bool


class ImportedNames(NamedTuple):
    """One import: where it looks, and what it takes from there; no names: the module itself."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Outline:
    """What is known of one text."""

    language: str
    entries: tuple[Entry, ...] = ()
    imports: tuple[ImportedNames, ...] = ()
    blocks: tuple[frozenset[str], ...] = ()
    """The words of every ``BLOCK_LINES`` lines; of open texts only."""
    bound: frozenset[str] = frozenset()
    """Names that come into being anywhere in the text; of open texts only."""

    def members(self, owner: int) -> tuple[int, ...]:
        """The indices of what directly belongs to an entry; to none for ``NO_OWNER``."""
        return self._members.get(owner, ())

    def named(self, name: str) -> tuple[int, ...]:
        """The indices of what has this name, wherever it belongs."""
        return self._named.get(name, ())

    def naming(self, names: frozenset[str]) -> frozenset[int]:
        """What belongs to nothing else and has one of these names, or a member that has."""
        naming = self._naming
        known = (naming[name] for name in names if name in naming)
        return frozenset(chain.from_iterable(known))

    def group(self) -> None:
        """Do all of what is done once, for whoever asks first."""
        self.members(NO_OWNER)
        self.naming(frozenset())

    def parted(self, lines: range) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The indices of what belongs to nothing else: before these lines, in them, after them."""
        own = self.members(NO_OWNER)
        first = bisect_left(own, lines.start, key=lambda at: self.entries[at].last_line)
        after = bisect_left(own, lines.stop, key=lambda at: self.entries[at].first_line)
        return own[:first], own[first:after], own[max(first, after) :]

    def is_outside(self, entry: int, lines: range) -> bool:
        """Whether an entry has none of these lines."""
        told = self.entries[entry]
        return told.last_line < lines.start or lines.stop <= told.first_line

    @cached_property
    def _members(self) -> dict[int, tuple[int, ...]]:
        return _grouped(entry.owner for entry in self.entries)

    @cached_property
    def _named(self) -> dict[str, tuple[int, ...]]:
        return _grouped(entry.name for entry in self.entries)

    @cached_property
    def _naming(self) -> dict[str, tuple[int, ...]]:
        return {
            name: tuple(at if owner == NO_OWNER else owner for at, owner in self._owned(positions))
            for name, positions in self._named.items()
        }

    def _owned(self, positions: Iterable[int]) -> Iterator[tuple[int, int]]:
        """These entries with their owners, without the members of members."""
        for at in positions:
            owner = self.entries[at].owner
            if owner == NO_OWNER or self.entries[owner].owner == NO_OWNER:
                yield at, owner


def outline_of(text: str, language: str) -> Outline:
    """Parse ``text``, which has line feeds alone."""
    return _outline(text, SourceTree.parse(text, language))


def outline_of_open(text: str, language: str) -> Outline:
    """The same with all that is only asked about open documents."""
    tree = SourceTree.parse(text, language)
    blocks = _blocks(text.split("\n"))
    return replace(_outline(text, tree), blocks=blocks, bound=tree.names_defined())


def outline_of_odd(text: str, language: str) -> Outline:
    """What can be said of an open document without parsing it."""
    return Outline(language, blocks=_blocks(text.split("\n")))


def words_in(text: str) -> frozenset[str]:
    """Whatever could be a name in ``text``; keywords, strings and comments are not left out."""
    return frozenset(_WORD.findall(text))


def _grouped(keys: Iterable[K]) -> dict[K, tuple[int, ...]]:
    """The positions of each key."""
    positions: dict[K, list[int]] = {}
    for position, key in enumerate(keys):
        positions.setdefault(key, []).append(position)
    return {key: tuple(found) for key, found in positions.items()}


def _with_owners(definitions: Iterable[Definition]) -> Iterator[tuple[Definition, int]]:
    """Those that other code can refer to, each with the index of its owner among them."""
    count = 0
    around: list[tuple[Definition, int | None]] = []  # None: what is inside is local
    for definition in definitions:
        while around and around[-1][0].end <= definition.start:
            around.pop()
        owner = around[-1][1] if around else NO_OWNER
        if owner is None or definition.kind in _NO_NAMES or count == MAX_ENTRIES:
            around.append((definition, None))
            continue
        around.append((definition, None if definition.kind in _WITH_LOCALS else count))
        count += 1
        yield definition, owner


def _outline(text: str, tree: SourceTree) -> Outline:
    entries: list[Entry] = []
    line = at = 0
    for definition, owner in _with_owners(tree.definitions()):
        name, kind, start, end, body_start, signature, doc = definition
        line, at = line + text.count("\n", at, start), start
        last = line + text.count("\n", start, end - 1)
        has_body = body_start is not None
        doc = doc[:MAX_DOC_CHARS]
        entries.append(Entry(name, kind, line, last, owner, signature, doc, has_body))
    imports = tuple(ImportedNames(each.module, each.names) for each in tree.imports())
    return Outline(tree.language_id, tuple(entries), imports)


def _blocks(lines: Sequence[str]) -> tuple[frozenset[str], ...]:
    starts = range(0, len(lines), BLOCK_LINES)
    return tuple(words_in("\n".join(lines[start : start + BLOCK_LINES])) for start in starts)
