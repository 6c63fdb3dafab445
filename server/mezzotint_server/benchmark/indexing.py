"""How long it takes until a folder is known: walked, read and outlined, as when an editor opens it.

Its reader's processes are started in that time, too. Knows no keystrokes and no holes.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from mezzotint_server.project.project import Project


@dataclass(frozen=True, slots=True)
class Indexed:
    """One folder, once it is known."""

    files: int
    seconds: float


async def index_folder(folder: Path) -> Indexed:
    """Open a folder, an absolute path, as a workspace and wait until all of it is known."""
    project = Project([folder])
    started = time.perf_counter()
    project.start()
    try:
        await project.settled()
        return Indexed(project.files, time.perf_counter() - started)
    finally:
        await project.aclose()
