"""Where the paths of Rust's ``use`` and ``mod`` lead: files of this crate and of those beside it."""

import os
from dataclasses import replace

from mezzotint_server.project.place import Place

_ROOTS = ("lib.rs", "main.rs")
_FOLDER_FILES = frozenset({*_ROOTS, "mod.rs"})


def files_of(module: str, place: Place) -> tuple[str, ...]:
    """The file that has the module, or what its last part names."""
    file, left = _file_of(module, place)
    if left and (passed_on := _passed_on(file, left[0], place)):
        return (passed_on,)
    if module.startswith("super") and _has_inner_module(place):
        return tuple(path for path in (file, place.path) if path)
    return (file,) if file else ()


def _file_of(module: str, place: Place) -> tuple[str, list[str]]:
    """The file, and what is left of the path, which is one part at the most."""
    head, *rest = module.split("::")
    for file, folder in _starts(head, place):
        found, left = _down(file, folder, rest, place)
        if found and len(left) <= 1:
            return found, left
    return "", []


def _starts(head: str, place: Place) -> list[tuple[str, str]]:
    """The file and the folder of the module in which the path may start."""
    own = _own_folder(place)
    if head == "crate":
        return _crates(place)
    if head == "self":
        return [(place.path, own)]
    if head == "super":
        return [_above(own, place)]
    inner = [*_in(own, head, place), *_in(place.folder, head, place)]
    crates = place.layout.leads("rust", place.path, head)
    return inner + [(root, root.rpartition(os.sep)[0]) for root in crates if root in place.index]


def _crates(place: Place) -> list[tuple[str, str]]:
    """The crate's first file; that of a test or an example may be called anything."""
    folders = [place.folder]
    while folders[-1]:
        if root := place.first_of(folders[-1] + os.sep, _ROOTS):
            return [(root[0], folders[-1])]
        folders.append(folders[-1].rpartition(os.sep)[0])
    return [("", folder) for folder in folders]


def _own_folder(place: Place) -> str:
    """Where the modules in a file have theirs."""
    name = place.path.rpartition(os.sep)[2]
    return place.folder if name in _FOLDER_FILES else place.path.removesuffix(".rs")


def _above(folder: str, place: Place) -> tuple[str, str]:
    """The module that holds the one of a folder."""
    above = folder.rpartition(os.sep)[0]
    file = place.first_of(above, (".rs", *(f"{os.sep}{name}" for name in ("mod.rs", *_ROOTS))))
    return (file[0] if file else ""), above


def _in(folder: str, name: str, place: Place) -> list[tuple[str, str]]:
    """A module in the module of a folder."""
    start = folder + os.sep + name
    return [(file, start) for file in place.first_of(start, (".rs", f"{os.sep}mod.rs"))]


def _down(file: str, folder: str, parts: list[str], place: Place) -> tuple[str, list[str]]:
    """As far as there are files, and what is left of the path."""
    left = list(parts)
    while left[:1] == ["super"]:
        file, folder = _above(folder, place)
        left.pop(0)
    while left and (inner := _in(folder, left[0], place)):
        [(file, folder)] = inner
        left.pop(0)
    return file, left


def _passed_on(file: str, name: str, place: Place) -> str:
    """The file of a module that another one only passes on, perhaps by another name."""
    outline = place.index.outline(file)
    there = replace(place, path=file)
    for imported in outline.imports if outline else ():
        if name in imported.names:
            found, left = _file_of(f"{imported.module}::{name}", there)
            is_renamed = "::" not in imported.module  # ``extern crate grep_regex as regex``
            if found not in ("", file) and (is_renamed or not left):
                return found
    return ""


def _has_inner_module(place: Place) -> bool:
    """Whether ``super`` may be the file itself, as it is in its tests."""
    outline = place.index.outline(place.path)
    return outline is not None and any(entry.kind == "module" for entry in outline.entries)
