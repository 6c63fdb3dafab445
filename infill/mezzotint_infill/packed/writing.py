"""Converts a checkpoint into a packed file, slice by slice: one slice is in memory at a time."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from mezzotint_infill.errors import ModelError, NoSpaceError
from mezzotint_infill.packed.header import SCALE, Entry, Origin, encode, lay_out
from mezzotint_infill.packed.parts import format_of, is_wanted
from mezzotint_infill.packed.shards import Checkpoint
from mezzotint_infill.packed.store import DATA_VARIABLE
from mezzotint_infill.quantized.weight import Weight, quantize

SPARE_BYTES = 2**30
"""Left free on the disk for everybody else."""


def convert(
    shards: Checkpoint,
    target: Path,
    origin: Origin,
    device: torch.device,
    on_bytes: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the packed file of a checkpoint; ``on_bytes`` hears how far it is, of how much.

    It is written beside ``target`` and takes its place when it is whole.
    Raises :class:`ModelError`.
    """
    shapes = {key: shards.shape(key) for key in shards.names if is_wanted(key)}
    formats = {key: format_of(key, origin.plan) for key in shapes}
    try:
        entries = lay_out({key: (shape, formats[key]) for key, shape in shapes.items()})
    except ValueError as error:
        raise ModelError(f"The plan {origin.plan.name} is not for this model: {error}") from error
    total = entries[-1].end if entries else 0
    require_space(target.parent, total)
    unfinished = target.with_suffix(".part")
    try:
        with unfinished.open("w+b") as file:
            writer = _Writer(file, entries, len(encode(entries, origin, shapes, {})))
            for key in shapes:
                for _, piece in shards.slices(key):
                    writer.add(key, quantize(piece.to(device), formats[key]))
                    on_bytes(writer.written, total)
            file.seek(0)
            file.write(encode(entries, origin, shapes, writer.digests()))
        unfinished.replace(target)
    except OSError as error:
        raise NoSpaceError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def require_space(folder: Path, wanted: int, variable: str = DATA_VARIABLE) -> None:
    """``variable`` can name another folder. Raises :class:`NoSpaceError`."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free - SPARE_BYTES
    if wanted > free:
        raise NoSpaceError(
            f"{folder} has {max(free, 0) / 1e9:.1f} GB to spare, and {wanted / 1e9:.1f} GB are"
            f" needed: make room, or name another folder in {variable}."
        )


class _Writer:
    """Fills the places of tensors, each from its beginning on."""

    def __init__(self, file: BinaryIO, entries: list[Entry], begin: int) -> None:
        self._file = file
        self._places = {entry.name: begin + entry.start for entry in entries}
        self._told = {entry.name: hashlib.blake2b(digest_size=16) for entry in entries}
        self.written = 0

    def add(self, key: str, weight: Weight) -> None:
        plain = weight.data.to(torch.bfloat16) if weight.scale is None else weight.data
        self._append(key, plain)
        if weight.scale is not None:
            self._append(key + SCALE, weight.scale)

    def digests(self) -> dict[str, str]:
        return {name: told.hexdigest() for name, told in self._told.items()}

    def _append(self, name: str, tensor: Tensor) -> None:
        data = tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data
        self._file.seek(self._places[name])
        self._file.write(data)
        self._told[name].update(data)
        self._places[name] += len(data)
        self.written += len(data)
