"""Where an import is written, and the ways to look from there. Asks the index; knows no language."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import PurePath

from mezzotint_grammars import language_of_path
from mezzotint_server.project.index import WorkspaceIndex, module_parts
from mezzotint_server.project.layout import Layout, family_of


@dataclass(frozen=True, slots=True)
class Place:
    """A file that imports something."""

    path: str
    language: str
    index: WorkspaceIndex
    layout: Layout

    @property
    def folder(self) -> str:
        return self.path.rpartition(os.sep)[0]

    def beside(self, path: str) -> str:
        """What a path means in the file's own folder."""
        return os.path.normpath(os.path.join(self.folder, path))  # noqa: PTH118 - Path() keeps ``..``

    def first_of(self, start: str, endings: Iterable[str]) -> tuple[str, ...]:
        """The first file there is of those whose paths start alike."""
        paths = (start + ending for ending in endings)
        return next(((path,) for path in paths if path in self.index), ())

    def ending_in(self, parts: tuple[str, ...], *, or_itself: bool = False) -> tuple[str, ...]:
        """Files of its languages whose path, as a module's or as a file's, ends so; nearest first."""
        if not parts:
            return ()
        found = [
            path
            for path in self.index.ending_in(parts[-1])
            if (or_itself or path != self.path)
            and any(spelt[-len(parts) :] == parts for spelt in _spellings(path))
            and self.is_of_family(path)
        ]
        return self.nearest(found)

    def is_of_family(self, path: str) -> bool:
        """Whether the file's code can be used here."""
        return _family_of_path(path) == family_of(self.language)

    def nearest(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The same, those with which it shares most folders first."""
        return tuple(sorted(paths, key=lambda path: (-_common(path, self.path), len(path), path)))


@lru_cache(maxsize=4096)
def _spellings(path: str) -> tuple[tuple[str, ...], ...]:
    """What a file may be called in an import: as a module, or by its name."""
    return module_parts(path), PurePath(path).parts


@lru_cache(maxsize=16384)
def _family_of_path(path: str) -> str | None:
    known = language_of_path(path)
    return None if known is None else family_of(known.id)


def _common(path: str, other: str) -> int:
    pairs = zip(_spellings(path)[1], _spellings(other)[1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
