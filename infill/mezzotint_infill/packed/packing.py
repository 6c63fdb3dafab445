"""Puts the packed file of a model where it is looked for, with the small files that go with it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from filelock import FileLock

from mezzotint_infill.errors import PackedFileError
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.packed.header import Origin
from mezzotint_infill.packed.reading import PackedFile
from mezzotint_infill.packed.shards import Shards, revision_of
from mezzotint_infill.packed.store import SMALL_FILES, WEIGHTS, packed_folder, settled_name
from mezzotint_infill.packed.writing import convert


def pack(
    name: str,
    checkpoint: Path,
    plan: MemoryPlan,
    on_bytes: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Convert a checkpoint for a plan, under a model's name; the packed file's folder.

    Raises :class:`~mezzotint_infill.errors.ModelError`.
    """
    folder = packed_folder(name, plan)
    origin = Origin(settled_name(name), revision_of(checkpoint), plan)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    folder.mkdir(parents=True, exist_ok=True)
    # Two that convert at once would write into one file.
    with FileLock(folder / "lock"), Shards(checkpoint) as shards:
        for file in SMALL_FILES:
            shutil.copyfile(checkpoint / file, folder / file)
        convert(shards, folder / WEIGHTS, origin, device, on_bytes)
    return folder


def is_packed(name: str, checkpoint: Path, plan: MemoryPlan) -> bool:
    """Whether there is a packed file already that was made from this checkpoint and is whole."""
    path = packed_folder(name, plan) / WEIGHTS
    if not path.is_file():
        return False
    try:
        with PackedFile(path, plan, settled_name(name), revision_of(checkpoint)):
            return all((path.parent / file).is_file() for file in SMALL_FILES)
    except PackedFileError:
        return False
