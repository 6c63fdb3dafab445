"""A checkpoint's safetensors files, read slice by slice: nothing is read that is not asked for."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Protocol, cast

from safetensors import SafetensorError, safe_open
from torch import Tensor

from mezzotint_infill.checkpoint import brief
from mezzotint_infill.errors import DamagedModelError

SLICE_BYTES = 64 * 2**20
"""Read at once; sixteen experts of the 26B are 127 MB."""

_ELEMENT_BYTES = 2
"""Checkpoints are bfloat16."""
_INDEX = "model.safetensors.index.json"
_SINGLE = "model.safetensors"


class Checkpoint(Protocol):
    """Tensors of a checkpoint's names, read slice by slice."""

    @property
    def names(self) -> list[str]: ...

    def shape(self, key: str) -> tuple[int, ...]: ...

    def slices(self, key: str) -> Iterator[tuple[int, Tensor]]:
        """A tensor in pieces of its first dimension, each with where it begins."""
        ...


class Shards:
    """Open for as long as it is entered."""

    def __init__(self, folder: Path, slice_bytes: int = SLICE_BYTES) -> None:
        self._folder = folder
        self._slice_bytes = slice_bytes
        self._open = ExitStack()
        self._where: Mapping[str, Any] = MappingProxyType({})

    def __enter__(self) -> "Shards":
        """Raises :class:`DamagedModelError`."""
        where: dict[str, Any] = {}
        try:
            for file in shard_files(self._folder):
                # Its methods are untyped.
                shard = cast("Any", self._open.enter_context(safe_open(file, framework="pt")))
                where.update(dict.fromkeys(shard.keys(), shard))
        except (OSError, SafetensorError) as error:
            self._open.close()
            raise DamagedModelError(
                f"The weights of the model at {self._folder} cannot be read: {brief(error)}"
            ) from error
        self._where = where
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._where = {}
        self._open.close()

    @property
    def names(self) -> list[str]:
        return sorted(self._where)

    def shape(self, key: str) -> tuple[int, ...]:
        return tuple(self._slice_of(key).get_shape())

    def tensor(self, key: str) -> Tensor:
        return self._shard(key).get_tensor(key)

    def slices(self, key: str) -> Iterator[tuple[int, Tensor]]:
        """A tensor in pieces of its first dimension, each with where it begins."""
        whole, shape = self._slice_of(key), self.shape(key)
        rows = shape[0] if shape else 1
        if len(shape) < 2:
            yield 0, self.tensor(key)
            return
        step = max(1, self._slice_bytes // (_ELEMENT_BYTES * math.prod(shape[1:])))
        for start in range(0, rows, step):
            yield start, whole[start : start + step]

    def _slice_of(self, key: str) -> Any:
        return self._shard(key).get_slice(key)

    def _shard(self, key: str) -> Any:
        if key not in self._where:
            raise DamagedModelError(f"The model at {self._folder} lacks weights: {key}.")
        return self._where[key]


def shard_files(folder: Path) -> list[Path]:
    """The files that a checkpoint's weights lie in. Raises :class:`DamagedModelError`."""
    index = folder / _INDEX
    if not index.is_file():
        if not (folder / _SINGLE).is_file():
            raise DamagedModelError(f"The model at {folder} has no safetensors file.")
        return [folder / _SINGLE]
    try:
        named: dict[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        names = sorted(set(named.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedModelError(
            f"The {_INDEX} of the model at {folder} cannot be read: {brief(error)}"
        ) from error
    for name in names:
        # A name that leads out of the folder is no shard of this checkpoint.
        if Path(name).name != name or not (folder / name).is_file():
            raise DamagedModelError(f"The model at {folder} lacks its file {name}.")
    return [folder / name for name in names]


def revision_of(folder: Path) -> str:
    """What tells one state of a checkpoint from another: the Hub's commit, or sizes and times."""
    resolved = folder.absolute()
    if resolved.parent.name == "snapshots":
        return resolved.name
    told = hashlib.sha256()
    for file in [folder / "config.json", *shard_files(folder)]:
        status = file.stat()
        told.update(f"{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"files-{told.hexdigest()[:32]}"
