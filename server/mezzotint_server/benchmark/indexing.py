"""How long it takes until a folder is known: walked, read and outlined, as when an editor opens it.

Its reader's processes are started in that time, too. Several times, as the first one waits for the
disk. Knows no keystrokes and no holes.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from mezzotint_server.project.project import Project

TIMES = 3


@dataclass(frozen=True, slots=True)
class Indexed:
    """One folder, once it is known."""

    files: int
    runs: tuple[float, ...]
    """Seconds."""

    @property
    def seconds(self) -> float:
        """The median."""
        return median(self.runs)


async def index_folder(folder: Path) -> Indexed:
    """Open a folder, an absolute path, as a workspace and wait until all of it is known."""
    known = [await _opened(folder) for _ in range(TIMES)]
    return Indexed(known[0][0], tuple(seconds for _, seconds in known))


async def _opened(folder: Path) -> tuple[int, float]:
    """How many files there are, and after how many seconds they are known."""
    project = Project([folder])
    started = time.perf_counter()
    project.start()
    try:
        await project.settled()
        return project.files, time.perf_counter() - started
    finally:
        await project.aclose()
