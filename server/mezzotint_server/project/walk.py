"""Which files of the workspace there are to read: small ones near the open ones first.

Follows no links: what they lead to is either in the workspace itself or none of its business.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mezzotint_grammars import language_of_path
from mezzotint_server.project.ignored import RULING_NAMES, FolderRules, rules_in
from mezzotint_server.project.readable import MAX_BYTES, refusal_of_name

MAX_FILES = 10_000
LARGE_BYTES = 64_000
MAX_ENTRIES = 300_000
"""Files and folders looked at in all: somebody may have opened their whole disk."""

_OTHERS_CODE = frozenset({"node_modules", "bower_components", "site-packages", "__pycache__"})
_MARKS_OF_OTHERS_CODE = frozenset({"pyvenv.cfg", "CACHEDIR.TAG"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be read, and what tells whether it has changed."""

    path: str
    changed_ns: int
    size: int


def walk(roots: tuple[Path, ...], near: tuple[Path, ...] = ()) -> tuple[FoundFile, ...]:
    """The files in ``roots`` whose language is known, those close to ``near`` first.

    Large ones come last: few as they are, they take as long to parse as all the others.
    """
    found: dict[str, FoundFile] = {}
    looked_at = 0
    for folder in _folders(roots):
        looked_at += len(folder.entries)
        for file in folder.files():
            found.setdefault(file.path, file)
        if looked_at > MAX_ENTRIES or len(found) > MAX_FILES:
            break
    distances = _Distances(near)
    files = sorted(
        found.values(),
        key=lambda file: (file.size > LARGE_BYTES, distances.of(file.path), file.path),
    )
    return tuple(files[:MAX_FILES])


@dataclass(frozen=True, slots=True)
class _Folder:
    rules: FolderRules
    entries: tuple[os.DirEntry[str], ...]

    @classmethod
    def opened(cls, rules: FolderRules) -> "_Folder":
        return cls(rules, _entries(rules.folder))

    @classmethod
    def opened_in(cls, above: FolderRules, name: str) -> "_Folder":
        entries = _entries(above.folder / name)
        # Upper and lower case are one to some disks.
        is_plain = RULING_NAMES.isdisjoint(entry.name.lower() for entry in entries)
        return cls(above.within_plain(name) if is_plain else above.within(name), entries)

    @property
    def is_others_code(self) -> bool:
        return any(entry.name in _MARKS_OF_OTHERS_CODE for entry in self.entries)

    def files(self) -> Iterator[FoundFile]:
        for entry in self.entries:
            try:
                if language_of_path(entry.name) is None or not _is_file(entry):
                    continue
                if refusal_of_name(entry.name, self.rules) is not None:
                    continue
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if status.st_size <= MAX_BYTES:
                yield FoundFile(entry.path, status.st_mtime_ns, status.st_size)

    def folders(self) -> Iterator[str]:
        for entry in self.entries:
            if entry.name.startswith(".") or entry.name in _OTHERS_CODE or not _is_folder(entry):
                continue
            if not self.rules.ignore(entry.name, is_folder=True):
                yield entry.name


def _folders(roots: tuple[Path, ...]) -> Iterator[_Folder]:
    """Breadth first: what lies deepest matters least."""
    tops = (rules for root in roots if (rules := rules_in(root, roots)) is not None)
    unseen = deque[Callable[[], _Folder]](partial(_Folder.opened, rules) for rules in tops)
    while unseen:
        folder = unseen.popleft()()
        if folder.is_others_code:
            continue
        yield folder
        unseen.extend(partial(_Folder.opened_in, folder.rules, name) for name in folder.folders())


def _entries(folder: Path) -> tuple[os.DirEntry[str], ...]:
    try:
        with os.scandir(folder) as entries:
            return tuple(entries)
    except OSError:
        return ()


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


class _Distances:
    """How many folders one goes up and down from the nearest of some files."""

    def __init__(self, near: tuple[Path, ...]) -> None:
        self._near = [path.parent.parts for path in near]
        self._known: dict[str, int] = {}

    def of(self, path: str) -> int:
        folder = path.rpartition(os.sep)[0]
        if folder not in self._known:
            parts = Path(folder).parts
            distances = (_steps(parts, other) for other in self._near)
            self._known[folder] = min(distances, default=0)
        return self._known[folder]


def _steps(folder: tuple[str, ...], other: tuple[str, ...]) -> int:
    common = 0
    for one, two in zip(folder, other, strict=False):
        if one != two:
            break
        common += 1
    return len(folder) + len(other) - 2 * common
