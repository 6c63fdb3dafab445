"""What a file takes from others of the workspace: imports followed to definitions.

Asks the index alone. What a package only passes on is followed to where it is defined.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.modules import files_of_module
from mezzotint_server.project.outline import NO_OWNER, ImportedNames, Outline

MAX_DEPTH = 3
"""How often a name may be passed on."""
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Found:
    """One definition in the workspace."""

    path: str
    outline: Outline
    entry: int


@dataclass(frozen=True, slots=True)
class Imports:
    """What the imports of one file lead to."""

    named: tuple[Found, ...]
    """What is imported by its name."""
    modules: tuple[tuple[str, Outline], ...]
    """Files that are imported as a whole: any of their names may be meant."""


def imports_of(outline: Outline, path: str, index: WorkspaceIndex) -> Imports:
    """Follow every import of the file at ``path``."""
    named: dict[tuple[str, int], Found] = {}
    modules: dict[str, Outline] = {}
    for imported in dict.fromkeys(outline.imports):
        is_understood = False
        for name in imported.names:
            for found in _definitions(imported, name, outline.language, path, index, MAX_DEPTH):
                named[found.path, found.entry] = found
                is_understood = True
            for module in _submodules(imported, name, outline.language, path, index):
                modules[module[0]] = module[1]
                is_understood = True
        if not is_understood:
            modules.update(_files(imported.module, outline.language, path, index))
    return Imports(tuple(named.values()), tuple(modules.items()))


def _files(
    module: str, language: str, importer: str, index: WorkspaceIndex
) -> Iterator[tuple[str, Outline]]:
    for path in files_of_module(module, language, importer, index):
        outline = index.outline(path)
        if outline is not None:
            yield path, outline


def _definitions(
    imported: ImportedNames,
    name: str,
    language: str,
    importer: str,
    index: WorkspaceIndex,
    depth: int,
) -> Iterator[Found]:
    """Where ``name``, which ``importer`` takes from a module, is defined."""
    if name == EVERYTHING or depth == 0:
        return
    for path, outline in _files(imported.module, language, importer, index):
        own = [at for at in outline.named(name) if outline.entries[at].owner == NO_OWNER]
        yield from (Found(path, outline, entry) for entry in own)
        if own:
            continue
        for passed_on in outline.imports:
            if name in passed_on.names or EVERYTHING in passed_on.names:
                yield from _definitions(passed_on, name, language, path, index, depth - 1)


def _submodules(
    imported: ImportedNames, name: str, language: str, importer: str, index: WorkspaceIndex
) -> Iterator[tuple[str, Outline]]:
    """Python's ``from package import module``."""
    if language == "python" and name != EVERYTHING:
        dot = "" if imported.module.endswith(".") else "."
        yield from _files(f"{imported.module}{dot}{name}", language, importer, index)
