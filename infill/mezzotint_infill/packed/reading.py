"""Opens a packed file, or refuses one that is damaged or was made from something else."""

import hashlib
import json
import mmap
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mezzotint_infill.errors import DamagedModelError, PackedFileError
from mezzotint_infill.memory.plan import Format, MemoryPlan
from mezzotint_infill.packed.header import LENGTH_BYTES, SCALE, VERSION, digest_of, formats_of
from mezzotint_infill.packed.parts import format_of
from mezzotint_infill.quantized.weight import Weight

_PIECE = 4 * 2**20
_MOST_THREADS = 8
_LONGEST_HEADER = 100_000_000
"""safetensors' own limit."""


class PackedFile:
    """Open for as long as it is entered; what was read from it may outlive that."""

    def __init__(
        self, path: Path, plan: MemoryPlan, source: str | None = None, revision: str | None = None
    ) -> None:
        """``source`` and ``revision``, where they are known, are what it must be made from."""
        self._path = path
        self._plan = plan
        self._asked = {"source": source, "revision": revision}
        self._tensors: Any = None
        self._open = ExitStack()

    def __enter__(self) -> "PackedFile":
        """Reads all of it once, to see that it is whole. Raises :class:`PackedFileError`."""
        try:
            header, begin = _read_header(self._path)
            self._require_ours(header["__metadata__"])
            _require_whole(self._path, header, begin)
            self._tensors = self._open.enter_context(safe_open(self._path, framework="pt"))
        # A header that is JSON can still be of any shape.
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(self._path) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tensors = None
        self._open.close()

    def weight(self, key: str, device: torch.device, plain: torch.dtype) -> Weight:
        """A weight as the plan keeps it; ``plain`` is the type of one that is not quantized."""
        kind = format_of(key, self._plan)
        data = self._tensor(key)
        if kind is Format.BF16:
            return Weight(kind, data.to(device, plain), None)
        return Weight(kind, data.to(device), self._tensor(key + SCALE).to(device))

    def _tensor(self, name: str) -> Tensor:
        try:
            return self._tensors.get_tensor(name)
        except SafetensorError as error:
            raise DamagedModelError(f"{self._path} lacks weights: {name}.") from error

    def _require_ours(self, told: Mapping[str, str]) -> None:
        if told["version"] != VERSION:
            raise PackedFileError(
                f"{self._path} has the packed format {told['version']} and not {VERSION}:"
                " convert the model again with mezzotint pull."
            )
        formats = formats_of(self._plan)
        if (told["plan"], told["formats"]) != (self._plan.name, formats):
            raise PackedFileError(
                f"{self._path} was packed for the plan {told['plan']} ({told['formats']}), not for"
                f" {self._plan.name} ({formats}): convert the model again with mezzotint pull."
            )
        for name, asked in self._asked.items():
            if asked is not None and told[name] != asked:
                raise PackedFileError(
                    f"{self._path} was made from the {name} {told[name]}, not from {asked}:"
                    " convert the model again with mezzotint pull."
                )


def _read_header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors begin."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        if length > _LONGEST_HEADER:
            raise _damaged(path)
        header: dict[str, Any] = json.loads(file.read(length))
    if header["__metadata__"]["digest"] != digest_of(header):
        raise _damaged(path)
    return header, LENGTH_BYTES + length


def _require_whole(path: Path, header: Mapping[str, Any], begin: int) -> None:
    digests: dict[str, str] = json.loads(header["__metadata__"]["digests"])
    ends = [header[name]["data_offsets"][1] for name in digests]
    if path.stat().st_size != begin + max(ends, default=0):
        raise _damaged(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:

        def is_whole(name: str) -> bool:
            start, end = header[name]["data_offsets"]
            return _digest(content, begin + start, begin + end) == digests[name]

        with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as threads:
            if not all(threads.map(is_whole, digests)):
                raise _damaged(path)


def _digest(content: mmap.mmap, start: int, end: int) -> str:
    told = hashlib.blake2b(digest_size=16)
    with memoryview(content) as view:
        for place in range(start, end, _PIECE):
            with view[place : min(place + _PIECE, end)] as piece:
                told.update(piece)
    return told.hexdigest()


def _damaged(path: Path) -> PackedFileError:
    return PackedFileError(f"{path} is damaged: convert the model again with mezzotint pull.")
