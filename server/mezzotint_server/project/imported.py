"""What a file takes from others of the workspace: imports followed to definitions.

Asks the index alone. What a module only passes on is followed to where it is defined.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.layout import Layout, family_of
from mezzotint_server.project.modules import files_of_module
from mezzotint_server.project.namespaces import neighbours
from mezzotint_server.project.outline import NO_OWNER, ImportedNames, Outline
from mezzotint_server.project.place import Place

MAX_DEPTH = 3
"""How often a name may be passed on."""
MAX_LOADED = 2
"""As often a file that is imported as a whole may pass on another one, and it is one itself."""
MAX_MODULES = 400
EVERYTHING = "*"

_FEW = 3
"""So many files are looked through for a name; of more, those alone that the index knows have it."""
_MAX_DEFINING = 100
"""A name that more files define is a method's."""
_SEPARATORS = {"python": ".", "java": ".", "rust": "::", "php": "\\"}
"""In these languages what is taken from a module may be a module itself."""
_PASTED = frozenset({"c", "cpp", "ruby", "shellscript"})
"""In these a file that is loaded passes on all that it loads."""
_LOADED = _PASTED | {
    "javascript",
    "javascriptreact",
    "typescript",
    "typescriptreact",
    "python",
    "rust",
}


class Found(NamedTuple):
    """One definition in the workspace."""

    path: str
    outline: Outline
    entry: int


@dataclass(frozen=True)
class Imports:
    """What the imports of one file lead to."""

    named: tuple[Found, ...] = ()
    """What is imported by its name."""
    modules: frozenset[str] = frozenset()
    """Files that are imported as a whole, or need no import: any of their names may be meant."""

    @cached_property
    def by_name(self) -> dict[str, tuple[Found, ...]]:
        """What is imported by its name, under the name it is defined with."""
        by_name: dict[str, tuple[Found, ...]] = {}
        for found in self.named:
            name = found.outline.entries[found.entry].name
            by_name[name] = (*by_name.get(name, ()), found)
        return by_name

    def defining(self, names: frozenset[str], index: WorkspaceIndex) -> Iterator[Found]:
        """What has one of the names in the modules."""
        for name in sorted(index.defined_among(names)) if self.modules else ():
            paths = index.defining(name)
            if len(paths) > _MAX_DEFINING or self.modules.isdisjoint(paths):
                continue
            found = _named(name, self.modules.intersection(paths), index)
            known = {(each.path, each.entry) for each in self.by_name.get(name, ())}
            yield from (each for each in found if (each.path, each.entry) not in known)


def imports_of(outline: Outline, path: str, index: WorkspaceIndex, layout: Layout) -> Imports:
    """Follow every import of the file at ``path``."""
    place = Place(path, outline.language, index, layout)
    named: dict[tuple[str, int], Found] = {}
    modules: dict[str, None] = {}
    for imported in dict.fromkeys(outline.imports):
        is_understood = False
        for name in imported.names:
            for found in _definitions(imported, name, place, MAX_DEPTH):
                is_understood = True
                if found.path != path:
                    named[found.path, found.entry] = found
            for module in _submodules(imported, name, place):
                modules[module] = None
                is_understood = True
        if not is_understood:
            modules.update(dict.fromkeys(_wholes(imported, place, MAX_LOADED)))
    modules.update(dict.fromkeys(neighbours(outline, place)))
    modules.pop(path, None)
    return Imports(tuple(named.values()), frozenset(list(modules)[:MAX_MODULES]))


def is_reachable(outline: Outline, entry: int, within: str = "") -> bool:
    """Whether a definition stands for itself: in nothing but namespaces, or in ``within``."""
    owner = outline.entries[entry].owner
    while owner != NO_OWNER:
        told = outline.entries[owner]
        if told.kind != "module" and told.name != within:
            return False
        owner = told.owner
    return True


def _named(name: str, paths: Iterable[str], index: WorkspaceIndex) -> Iterator[Found]:
    """What stands for itself under that name."""
    for path in sorted(paths):
        outline = index.outline(path)
        if outline is not None:
            own = (at for at in outline.named(name) if is_reachable(outline, at))
            yield from (
                Found(path, outline, at) for at in own if outline.entries[at].kind != "module"
            )


def _definitions(imported: ImportedNames, name: str, place: Place, depth: int) -> Iterator[Found]:
    """Where ``name``, which is taken from a module at ``place``, is defined."""
    if name == EVERYTHING or depth == 0:
        return
    files = files_of_module(imported.module, place)
    if len(files) > _FEW:
        defining = frozenset(place.index.defining(name))
        files = tuple(path for path in files if path in defining)
    for path in (*files, *_submodules(imported, name, place)):
        outline = place.index.outline(path)
        if outline is None:
            continue
        own = _own(outline, imported, name)
        yield from (Found(path, outline, entry) for entry in own)
        if own:
            continue
        there = replace(place, path=path, language=outline.language)
        for passed_on in outline.imports:
            if name in passed_on.names or EVERYTHING in passed_on.names:
                yield from _definitions(passed_on, name, there, depth - 1)


def _own(outline: Outline, imported: ImportedNames, name: str) -> list[int]:
    """What a file has under that name, in namespaces or in the class that the module's name ends in."""
    entries = outline.named(name)
    own = [at for at in entries if is_reachable(outline, at)]
    if own or family_of(outline.language) not in _SEPARATORS:
        return own
    within = imported.module.rpartition(_SEPARATORS[outline.language])[2]
    return [at for at in entries if is_reachable(outline, at, within)]


def _submodules(imported: ImportedNames, name: str, place: Place) -> tuple[str, ...]:
    """Files that are what is taken from a module, as in Python's ``from package import module``."""
    separator = _SEPARATORS.get(place.language)
    if separator is None or name == EVERYTHING:
        return ()
    module = imported.module
    between = "" if module.endswith(separator) else separator
    inner = files_of_module(f"{module}{between}{name}", place)
    whole = files_of_module(module, place) if inner else ()
    return tuple(path for path in inner if path not in whole)


def _wholes(imported: ImportedNames, place: Place, depth: int) -> Iterator[str]:
    """The files of a module, and of those that it passes on."""
    for path in files_of_module(imported.module, place):
        yield path
        outline = place.index.outline(path) if depth > 1 and place.language in _LOADED else None
        if outline is None:
            continue
        there = replace(place, path=path, language=outline.language)
        for passed_on in outline.imports:
            if EVERYTHING in passed_on.names or _passes_all_on(outline, passed_on):
                yield from _wholes(passed_on, there, depth - 1)


def _passes_all_on(outline: Outline, imported: ImportedNames) -> bool:
    """Whether who loads a file has all that the file imports: always in some languages.

    In JavaScript a file without definitions of its own, as ``module.exports = require("./lib")``.
    """
    if family_of(outline.language) == "javascript":
        return not outline.entries and not imported.names
    return outline.language in _PASTED
