"""What is known of the workspace's files: their outlines, and where a name or a module is found.

A table in memory, quick to ask and bounded in size. Reads nothing itself and knows no processes.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from mezzotint_server.project.outline import Outline
from mezzotint_server.project.wire import from_line, names_in

MAX_BYTES = 64_000_000
"""Of outlines in all; files that come after that are left out."""

Stamp = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size: together they tell one state of it."""

_FOLDER_FILES = frozenset({"__init__", "index", "mod", "lib", "init"})
"""Files that stand for the folder that they are in."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: Stamp
    line: bytes
    """As the reader sent it; empty for a file that is there but not to be read."""
    names: frozenset[str]
    """Those that it is found by."""


@dataclass(slots=True)
class WorkspaceIndex:
    """Outlines by path. Paths are absolute and written as the system does."""

    max_bytes: int = MAX_BYTES
    size: int = 0
    """Bytes of outlines."""
    _changes: int = 0
    _changes_of: Counter[str] = field(default_factory=Counter[str])
    _kept: dict[str, _Kept] = field(default_factory=dict[str, _Kept])
    _defining: defaultdict[str, list[str]] = field(
        default_factory=lambda: defaultdict[str, list[str]](list)
    )
    _ending: defaultdict[str, list[str]] = field(
        default_factory=lambda: defaultdict[str, list[str]](list)
    )

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, path: str) -> bool:
        return path in self._kept

    def paths(self) -> Iterable[str]:
        return self._kept.keys()

    def stamp(self, path: str) -> Stamp | None:
        """The state of the file that is known."""
        kept = self._kept.get(path)
        return None if kept is None else kept.stamp

    def outline(self, path: str) -> Outline | None:
        kept = self._kept.get(path)
        return from_line(kept.line) if kept is not None and kept.line else None

    def put(self, path: str, stamp: Stamp, line: bytes) -> None:
        """Take over the outline in ``line``, or that there is none if it is empty."""
        self.drop(path)
        if self.size + len(line) > self.max_bytes:
            line = b""
        kept = self._kept[path] = _Kept(stamp, line, names_in(line))
        self.size += len(line)
        for name in kept.names:
            self._defining[name].append(path)
        for name in _endings(path):
            self._ending[name].append(path)

    def drop(self, path: str) -> None:
        """Forget a file."""
        kept = self._kept.pop(path, None)
        self._changes += 1
        self._changes_of[path] += 1
        if kept is None:
            return
        self.size -= len(kept.line)
        for name in kept.names:
            _remove(self._defining, name, path)
        for name in _endings(path):
            _remove(self._ending, name, path)

    def changes_besides(self, path: str) -> int:
        """How often any other file has changed."""
        return self._changes - self._changes_of[path]

    def defined_among(self, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that any file defines."""
        return names & self._defining.keys()

    def defining(self, name: str) -> tuple[str, ...]:
        """The files that define ``name``."""
        return tuple(self._defining.get(name, ()))

    def ending_in(self, part: str) -> tuple[str, ...]:
        """The files that a module whose last part is ``part`` may be."""
        return tuple(self._ending.get(part, ()))


def module_parts(path: str) -> tuple[str, ...]:
    """A file's path without its ending, as a module's name would spell it: folder by folder."""
    pure = PurePath(path)
    parts = (*pure.parts[:-1], pure.name.split(".", 1)[0] or pure.name)
    return parts[:-1] if parts[-1] in _FOLDER_FILES else parts


def _endings(path: str) -> set[str]:
    """The file's name with and without its ending, and the folder's that it may stand for."""
    folder, _, name = path.rpartition(os.sep)
    stem = name.split(".", 1)[0] or name
    endings = {name, folder.rpartition(os.sep)[2] if stem in _FOLDER_FILES else stem}
    if name.endswith(".go"):  # Go imports folders.
        endings.add(folder.rpartition(os.sep)[2])
    return endings


def _remove(table: defaultdict[str, list[str]], key: str, path: str) -> None:
    paths = table[key]
    paths.remove(path)
    if not paths:
        del table[key]
