"""Takes holes from all the Python files below some folders, every file as often as any other.

Reads files; what a hole is, ``cuts`` knows.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from mezzotint_infill.evaluation.cuts import Cut, CutKind, cut_source
from mezzotint_infill.evaluation.metrics import parses
from mezzotint_infill.evaluation.source import Source

_LARGEST_FILE_BYTES = 200_000
"""Larger files are mostly generated, and slow to parse for every fill."""


def sample_cuts(
    folders: Sequence[Path],
    *,
    seed: int,
    per_kind: int,
    per_file: int = 2,
    kinds: Sequence[CutKind] = tuple(CutKind),
) -> list[Cut]:
    """At most ``per_kind`` holes of every kind, and of every kind at most ``per_file`` in a file.

    No file gives a second hole before each has given its first. Files that are not UTF-8 or do
    not parse are left out. Same folders and seed: same holes.
    """
    files = _Files(folders, seed)
    return [
        cut
        for kind in kinds
        for cut, _ in zip(_cuts_of(kind, files, seed, per_file), range(per_kind), strict=False)
    ]


def _cuts_of(kind: CutKind, files: "_Files", seed: int, per_file: int) -> Iterator[Cut]:
    taken: set[tuple[str, int]] = set()
    for turn in range(per_file):
        for path, source in files:
            random = Random(f"{seed}/{path}/{kind.value}/{turn}")
            cut = cut_source(source, kind, random, path=path)
            if cut and (path, len(cut.prefix)) not in taken:
                taken.add((path, len(cut.prefix)))
                yield cut


class _Files:
    """The files below some folders in a shuffled order, each read when it is first asked for."""

    def __init__(self, folders: Sequence[Path], seed: int) -> None:
        self._unread = [
            (f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}", path)
            for folder in folders
            for path in sorted(folder.rglob("*.py"))
            if path.is_file()
        ]
        Random(seed).shuffle(self._unread)
        self._read: list[tuple[str, Source]] = []

    def __iter__(self) -> Iterator[tuple[str, Source]]:
        place = 0
        while place < len(self._read) or self._read_next():
            yield self._read[place]
            place += 1

    def _read_next(self) -> bool:
        """Read up to the next file that is good; whether there was one."""
        while self._unread:
            name, path = self._unread.pop()
            text = _text_of(path)
            if text is not None:
                self._read.append((name, Source(text)))
                return True
        return False


def _text_of(path: Path) -> str | None:
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if parses(text) else None
