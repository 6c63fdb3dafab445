"""How the workspace is laid out: which folders have which files, and what manifests say of names.

A value; ``manifests`` reads what it is made of, ``modules`` asks it where an import leads.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Mount:
    """Imports that begin with ``prefix`` continue at one of ``targets``."""

    family: str
    """Of languages, as :func:`family_of` calls it."""
    scope: str
    """The folder whose files may say so."""
    prefix: str
    targets: tuple[str, ...]
    """Absolute paths without the rest of the import and perhaps without the file's ending; the
    likeliest first."""
    is_whole: bool = False
    """Whether nothing may follow the prefix."""

    @property
    def head(self) -> str:
        """The first part, if all imports that it is meant for have the same."""
        return head_of(self.prefix) if self.is_whole or "/" in self.prefix else ""


@dataclass(frozen=True)
class Layout:
    """All mounts of a workspace, and its files by folder."""

    mounts: tuple[Mount, ...] = ()
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def leads(self, family: str, importer: str, module: str) -> Iterator[str]:
        """Where ``module`` may be by the mounts: those nearest to the importer come first."""
        near = (*self._mounts[family, head_of(module)], *self._mounts[family, ""])
        fitting = [each for each in near if _fits(each, importer, module)]
        fitting.sort(key=lambda each: (-len(each.scope), -len(each.prefix)))
        for mount in fitting:
            yield from (target + module[len(mount.prefix) :] for target in mount.targets)

    def has_mounts(self, family: str) -> bool:
        """Whether any manifest says anything about such languages."""
        return any(mount.family == family for mount in self.mounts)

    def files_in(self, folder: str) -> tuple[str, ...]:
        """The files directly in a folder."""
        return self.folders.get(folder, ())

    def folders_ending_in(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Folders whose path ends so."""
        named = self._folders_named.get(parts[-1], ()) if parts else ()
        return tuple(path for path in named if PurePath(path).parts[-len(parts) :] == parts)

    @cached_property
    def _mounts(self) -> defaultdict[tuple[str, str], list[Mount]]:
        mounts: defaultdict[tuple[str, str], list[Mount]] = defaultdict(list)
        for mount in self.mounts:
            mounts[mount.family, mount.head].append(mount)
        return mounts

    @cached_property
    def _folders_named(self) -> dict[str, list[str]]:
        named: dict[str, list[str]] = {}
        for folder in self.folders:
            named.setdefault(folder.rpartition(os.sep)[2], []).append(folder)
        return named


def by_folder(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The files of each folder."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(path.rpartition(os.sep)[0], []).append(path)
    return {folder: tuple(sorted(files)) for folder, files in folders.items()}


def family_of(language: str) -> str:
    """Languages of one family use each other's definitions."""
    if language.startswith(("javascript", "typescript")):
        return "javascript"
    return "c" if language == "cpp" else language


def head_of(module: str) -> str:
    """The first part of an import."""
    return module.replace("::", "/").partition("/")[0]


def _fits(mount: Mount, importer: str, module: str) -> bool:
    if not importer.startswith(mount.scope):
        return False
    return module == mount.prefix if mount.is_whole else module.startswith(mount.prefix)
