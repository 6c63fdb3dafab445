"""Where in the workspace the modules are that a file imports.

Goes by the shape of paths, for each language by its own habits; what is not in the index is not
found. Reads nothing: neither a ``tsconfig.json`` nor a ``Cargo.toml``.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import PurePath

from mezzotint_grammars import language_of_path
from mezzotint_server.project.index import WorkspaceIndex, module_parts

_DOTTED = frozenset({"python", "java", "csharp", "lua"})
_COLONS = frozenset({"rust", "ruby"})
_BACKSLASHES = frozenset({"php"})
_STARTS_OF_OWN = frozenset({"crate", "self", "super", "@", "~", "src"})
"""First parts of a module's name that say that it is in the project, and no folder's name."""
_LAST_MAY_BE_A_NAME = frozenset({"java", "rust", "php", "csharp"})
_FOLDER_IS_MODULE = frozenset({"go"})


def files_of_module(
    module: str, language: str, importer: str, index: WorkspaceIndex
) -> tuple[str, ...]:
    """The file of ``module``, which the file ``importer`` imports; of Go's, all files in it."""
    wanted = _wanted(module, language, importer)
    if wanted is None:
        return ()
    readings = (_matching(each, language, importer, index) for each in _readings(wanted, language))
    files = next((found for found in readings if found), ())
    if language in _FOLDER_IS_MODULE and files:
        folder = PurePath(files[0]).parent
        return tuple(path for path in files if PurePath(path).parent == folder)
    if language == "python" and not wanted.is_whole:
        files = tuple(path for path in files if _is_root_of(path, wanted.parts, index))
    return files[:1]


def are_related(language: str, other: str) -> bool:
    """Whether code in one language may use what is defined in the other."""
    return _family(language) == _family(other)


@dataclass(frozen=True, slots=True)
class _Wanted:
    parts: tuple[str, ...]
    is_whole: bool
    """Whether the parts are the whole path or the end of one."""


@lru_cache(maxsize=4096)
def _wanted(module: str, language: str, importer: str) -> _Wanted | None:
    folder = PurePath(importer).parent
    if language == "python" and module.startswith("."):
        dots = len(module) - len(module.lstrip("."))
        above = (folder, *folder.parents)
        if dots > len(above):
            return None
        return _Wanted((*above[dots - 1].parts, *_split(module[dots:], r"\.")), is_whole=True)
    if module.startswith(("./", "../")) or module in (".", ".."):
        path = posixpath.normpath(posixpath.join(folder.as_posix(), module))
        return _Wanted(_without_ending(PurePath(path).parts, language), is_whole=True)
    parts = _without_ending(_split(module, _separator(module, language)), language)
    while parts and parts[0] in _STARTS_OF_OWN:
        parts = parts[1:]
    if not parts or (len(parts) == 1 and language.startswith(("javascript", "typescript"))):
        return None  # A package of others.
    return _Wanted(parts, is_whole=False)


def _readings(wanted: _Wanted, language: str) -> Iterator[_Wanted]:
    """What else it may mean: the last part a name in the module, the first ones no folders."""
    yield wanted
    parts = wanted.parts
    if language in _LAST_MAY_BE_A_NAME and len(parts) > 1:
        yield _Wanted(parts[:-1], wanted.is_whole)
    if language in _BACKSLASHES and len(parts) > 2:
        yield _Wanted(parts[1:], wanted.is_whole)
    if language in _FOLDER_IS_MODULE and parts and "." in parts[0]:  # A domain
        yield from (_Wanted(parts[start:], wanted.is_whole) for start in range(1, len(parts)))


def _family(language: str) -> str:
    if language.startswith(("javascript", "typescript")):
        return "javascript"
    return "c" if language == "cpp" else language


def _separator(module: str, language: str) -> str:
    if language in _BACKSLASHES and "\\" in module:
        return r"\\"
    if language in _COLONS and "::" in module:
        return "::"
    return r"\." if language in _DOTTED and "/" not in module else "/"


def _split(module: str, separator: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(separator, module) if part)


def _without_ending(parts: tuple[str, ...], language: str) -> tuple[str, ...]:
    """``x.js`` and ``x`` are one module; the ending of ``x.h`` is part of what is asked for."""
    if not parts or language in ("c", "cpp", *_DOTTED):
        return parts
    return (*parts[:-1], parts[-1].split(".", 1)[0] or parts[-1])


def _matching(
    wanted: _Wanted, language: str, importer: str, index: WorkspaceIndex
) -> tuple[str, ...]:
    """Files whose path ends so, the one nearest to the importer first."""
    if not wanted.parts:
        return ()
    found = [
        path
        for path in index.ending_in(wanted.parts[-1])
        if path != importer
        and (known := language_of_path(path)) is not None
        and are_related(known.id, language)
        and any(_fits(parts, wanted) for parts in _spellings(path))
    ]
    return tuple(sorted(found, key=lambda path: (-_common(path, importer), len(path), path)))


@lru_cache(maxsize=4096)
def _spellings(path: str) -> tuple[tuple[str, ...], ...]:
    """What a file may be called in an import: as a module, by its name, as its folder."""
    pure = PurePath(path)
    spellings = (module_parts(path), pure.parts)
    return (*spellings, pure.parent.parts) if pure.suffix == ".go" else spellings


def _fits(parts: tuple[str, ...], wanted: _Wanted) -> bool:
    if wanted.is_whole:
        return parts == wanted.parts
    return parts[-len(wanted.parts) :] == wanted.parts


def _is_root_of(path: str, parts: tuple[str, ...], index: WorkspaceIndex) -> bool:
    """Whether the first part is at the top, and not itself in a package."""
    folder = PurePath(*module_parts(path)[: -len(parts)])
    return str(folder / "__init__.py") not in index


def _common(path: str, other: str) -> int:
    pairs = zip(PurePath(path).parts, PurePath(other).parts, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
