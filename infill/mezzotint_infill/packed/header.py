"""The header of a packed file: safetensors' own, whose metadata says what the file was made from.

Digests are there from the start as zeros, so that the header's length is known before the content:
it is written once more at the end. Format: https://github.com/huggingface/safetensors#format
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch

from mezzotint_infill.memory.plan import Format, MemoryPlan
from mezzotint_infill.quantized.weight import layout_of

VERSION = "1"
"""Of the packed file; one of another version is converted anew."""
SCALE = ".scale"
"""What a scale's name has more than its weight's."""
LENGTH_BYTES = 8
NO_DIGEST = "0" * 32

_DTYPES: Mapping[torch.dtype, str] = {
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.uint8: "U8",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a packed file was made from, and into what."""

    source: str
    """The model's name, as it is asked for."""
    revision: str
    plan: MemoryPlan

    def metadata(self) -> dict[str, str]:
        return {
            "format": "mezzotint-packed",
            "version": VERSION,
            "source": self.source,
            "revision": self.revision,
            "plan": self.plan.name,
            "formats": formats_of(self.plan),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor: where its bytes lie, counted from the end of the header."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int
    end: int


def lay_out(shapes: Mapping[str, tuple[tuple[int, ...], Format]]) -> list[Entry]:
    """Room for weights of these shapes and formats, no byte of it unused.

    The widest types come first: so each tensor begins where one of its type may.
    """
    rooms: list[tuple[str, torch.dtype, tuple[int, ...]]] = []
    for key, (shape, kind) in shapes.items():
        names = (key, key + SCALE)
        layout = layout_of(shape, kind)
        rooms += [(name, *room) for name, room in zip(names, layout, strict=False)]
    rooms.sort(key=lambda room: (-room[1].itemsize, room[0]))
    entries: list[Entry] = []
    end = 0
    for name, dtype, shape in rooms:
        start, end = end, end + dtype.itemsize * math.prod(shape)
        entries.append(Entry(name, dtype, shape, start, end))
    return entries


def encode(
    entries: list[Entry],
    origin: Origin,
    shapes: Mapping[str, tuple[int, ...]],
    digests: Mapping[str, str],
) -> bytes:
    """The header with its length before it; as long whatever the digests are."""
    tensors = {
        entry.name: {
            "dtype": _DTYPES[entry.dtype],
            "shape": list(entry.shape),
            "data_offsets": [entry.start, entry.end],
        }
        for entry in entries
    }
    told = origin.metadata() | {
        "shapes": json.dumps({name: list(shape) for name, shape in shapes.items()}),
        "digests": json.dumps(
            {entry.name: digests.get(entry.name, NO_DIGEST) for entry in entries}
        ),
        "digest": NO_DIGEST,
    }
    header: dict[str, Any] = {"__metadata__": told, **tensors}
    told["digest"] = digest_of(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % LENGTH_BYTES)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def formats_of(plan: MemoryPlan) -> str:
    """A plan's formats in words: another release may mean something else by its name."""
    return f"{plan.experts} {plan.projections} {plan.embeddings}"


def digest_of(header: Mapping[str, Any]) -> str:
    """Of everything in a header but this digest itself."""
    told = cast("dict[str, str]", header["__metadata__"]) | {"digest": NO_DIGEST}
    text = json.dumps({**header, "__metadata__": told}, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
