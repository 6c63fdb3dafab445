"""Where imports lead in languages whose modules are made of many files: packages and namespaces."""

import os
from itertools import chain
from pathlib import PurePath

from mezzotint_server.project.outline import Outline
from mezzotint_server.project.place import Place

MAX_NEIGHBOURS = 200
"""Files that may be meant without being imported."""


def of_go(module: str, place: Place) -> tuple[str, ...]:
    """The files of a package, which is a folder."""
    for folder in place.layout.leads("go", place.path, module):
        if found := _go_files(folder.rstrip(os.sep), place):
            return found
    if place.layout.has_mounts("go"):
        return ()
    parts = PurePath(module).parts
    starts = range(len(parts)) if parts and "." in parts[0] else range(1)  # A domain, or none.
    readings = (_go_folders(parts[start:], place) for start in starts)
    folder = next((found for found in readings if found), None)
    return _go_files(folder, place) if folder else ()


def of_java(module: str, place: Place) -> tuple[str, ...]:
    """The file of a class, or all of a package."""
    parts = tuple(module.split("."))
    if found := place.ending_in(parts, or_itself=True)[:1]:
        return found
    folders = place.nearest(place.layout.folders_ending_in(parts))
    return tuple(chain.from_iterable(map(place.layout.files_in, folders)))


def of_csharp(module: str, place: Place) -> tuple[str, ...]:
    """The files that declare a namespace, or with ``using static`` the one of a class in it."""
    if found := _declaring(module, place):
        return found
    namespace, _, name = module.rpartition(".")
    return _with(name, _declaring(namespace, place), place)


def of_php(module: str, place: Place) -> tuple[str, ...]:
    """The files that declare a namespace, or the one that ``require`` names."""
    if module.endswith(".php"):
        path = module.lstrip("/")
        beside = place.beside(path)
        return (beside,) if beside in place.index else place.ending_in(PurePath(path).parts)[:1]
    module = module.strip("\\")
    if found := _declaring(module, place):
        return found
    namespace, _, name = module.rpartition("\\")
    if namespace:
        return _with(name, _declaring(namespace, place), place) or _by_path(module, place)
    return place.nearest(filter(place.is_of_family, place.index.defining(name)))[:1]


def neighbours(outline: Outline, place: Place) -> tuple[str, ...]:
    """Files whose definitions are known at a place without an import."""
    if place.language == "go":
        found = _go_files(place.folder, place)
    elif place.language == "java":
        found = tuple(
            path for path in place.layout.files_in(place.folder) if path.endswith(".java")
        )
    elif place.language in ("csharp", "php"):
        own = (entry.name for entry in outline.entries if entry.kind == "module")
        found = tuple(path for name in own for path in _declaring(name, place))
    else:
        return ()
    return tuple(path for path in found if path != place.path)[:MAX_NEIGHBOURS]


def _go_folders(parts: tuple[str, ...], place: Place) -> str | None:
    folders = {path.rpartition(os.sep)[0] for path in place.index.ending_in(parts[-1])}
    fitting = [each for each in folders if PurePath(each).parts[-len(parts) :] == parts]
    return next(iter(place.nearest(fitting)), None)


def _go_files(folder: str, place: Place) -> tuple[str, ...]:
    found = place.index.ending_in(folder.rpartition(os.sep)[2])
    start = folder + os.sep
    files = (path for path in found if path.startswith(start) and os.sep not in path[len(start) :])
    return tuple(sorted(path for path in files if not path.endswith("_test.go")))


def _declaring(namespace: str, place: Place) -> tuple[str, ...]:
    if not namespace:
        return ()
    return tuple(filter(place.is_of_family, place.index.defining(namespace)))


def _with(name: str, files: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Those that define ``name``, too."""
    defining = frozenset(place.index.defining(name)) if files else frozenset[str]()
    return tuple(path for path in files if path in defining)


def _by_path(module: str, place: Place) -> tuple[str, ...]:
    """By folders, with and without the first one: it may be the whole project's."""
    parts = tuple(module.split("\\"))
    readings = (place.ending_in(parts[start:]) for start in range(2) if len(parts) > start + 1)
    return next((found for found in readings if found), ())[:1]
