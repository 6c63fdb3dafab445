"""Where in the workspace the modules are that a file imports.

Each language finds them by its own habits; this file knows which of them are whose, and the common
way of asking. What is not in the index is not found; nothing is read.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from mezzotint_server.project import ecmascript, namespaces, rust
from mezzotint_server.project.index import module_parts
from mezzotint_server.project.layout import family_of
from mezzotint_server.project.place import Place

_DOTS_AND_SLASHES = re.compile(r"[./]")
_IN_SHELL = re.compile(r"^(?:[^/]*[$`(][^/]*/)+|^.*[)}`]/")
"""The folders at a path's start that only a shell can tell."""
_SHELL_ENDINGS = ("", ".bash", ".sh")


def files_of_module(module: str, place: Place) -> tuple[str, ...]:
    """The files of ``module``, which is imported at ``place``; one, unless a module is a folder."""
    find = _FINDERS.get(family_of(place.language))
    return find(module, place) if find else ()


def are_related(language: str, other: str) -> bool:
    """Whether code in one language may use what is defined in the other."""
    return family_of(language) == family_of(other)


def _python(module: str, place: Place) -> tuple[str, ...]:
    name = module.lstrip(".")
    parts = tuple(part for part in name.split(".") if part)
    if dots := len(module) - len(name):
        above = (PurePath(place.folder), *PurePath(place.folder).parents)
        whole = (*above[dots - 1].parts, *parts) if dots <= len(above) else ()
        found = place.ending_in(whole[-1:])
        return tuple(path for path in found if module_parts(path) == whole)[:1]
    found = place.ending_in(parts)
    return tuple(path for path in found if _is_at_the_top(path, parts, place))[:1]


def _is_at_the_top(path: str, parts: tuple[str, ...], place: Place) -> bool:
    """Whether the first part is at the top, and not itself in a package."""
    folder = PurePath(*module_parts(path)[: -len(parts)])
    return str(folder / "__init__.py") not in place.index


def _include(module: str, place: Place) -> tuple[str, ...]:
    """Beside the file, else wherever the path ends so: in ``include``, ``src``, or elsewhere."""
    beside = place.beside(module)
    if beside in place.index:
        return (beside,)
    parts = PurePath(module).parts
    found = place.ending_in(tuple(part for part in parts if part not in (".", "..")))
    return tuple(path for path in found if path.endswith(parts[-1]))[:1] if parts else ()


def _required(module: str, place: Place) -> tuple[str, ...]:
    """Ruby's: below ``lib`` or another folder that is searched, or beside the file if it says so."""
    if module.startswith("."):
        return place.first_of(place.beside(module), ("", ".rb"))
    parts = PurePath(module.removesuffix(".rb")).parts
    found = place.ending_in(parts)
    return tuple(path for path in found if _is_searched(path, parts, place))[:1]


def _is_searched(path: str, parts: tuple[str, ...], place: Place) -> bool:
    """Whether Ruby looks into the folder in which the path starts."""
    folder = PurePath(path).parts[: -len(parts)]
    return folder[-1:] in (("lib",), ("test",), ("spec",), ("app",)) or (
        len(parts) > 1 and folder == PurePath(place.folder).parts[: len(folder)]
    )


def _lua(module: str, place: Place) -> tuple[str, ...]:
    parts = tuple(part for part in _DOTS_AND_SLASHES.split(module.removesuffix(".lua")) if part)
    return place.ending_in(parts, or_itself=True)[:1]


def _sourced(module: str, place: Place) -> tuple[str, ...]:
    """Bash's; what a variable stands for is not known, what comes after it may be enough."""
    known = _IN_SHELL.sub("", module).strip("\"'")
    if known == module and (found := place.first_of(place.beside(known), _SHELL_ENDINGS)):
        return found
    parts = tuple(part for part in PurePath(known).parts if part not in (".", "..", "/"))
    endings = (parts[-1] + ending for ending in _SHELL_ENDINGS) if parts else ()
    readings = (place.ending_in((*parts[:-1], ending)) for ending in endings)
    return next((found for found in readings if found), ())[:1]


def _linked(module: str, place: Place) -> tuple[str, ...]:
    """A stylesheet's or a page's: beside the file, or from some top on."""
    path = module.partition("?")[0].partition("#")[0]
    if found := place.first_of(place.beside(path.lstrip("/")), ("", ".css")):
        return found
    if not path.startswith("/"):
        return ()
    above = (str(folder) for folder in PurePath(place.folder).parents)
    readings = (place.first_of(f"{folder}{path}", ("",)) for folder in above)
    return next((found for found in readings if found), ())


_FINDERS: Mapping[str, Callable[[str, Place], tuple[str, ...]]] = {
    "python": _python,
    "javascript": ecmascript.files_of,
    "rust": rust.files_of,
    "go": namespaces.of_go,
    "java": namespaces.of_java,
    "csharp": namespaces.of_csharp,
    "php": namespaces.of_php,
    "c": _include,
    "ruby": _required,
    "lua": _lua,
    "shellscript": _sourced,
    "css": _linked,
    "html": _linked,
}
