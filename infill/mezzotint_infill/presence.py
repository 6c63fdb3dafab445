"""Whether a model is on this machine, where, and whether all of it is. Reads no weights."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from mezzotint_infill.embedded import EMBEDDED
from mezzotint_infill.errors import DamagedModelError, UnknownModelError
from mezzotint_infill.memory.plan import PLANS
from mezzotint_infill.packed.store import find_packed

INDEX = "model.safetensors.index.json"
NEEDED = ("tokenizer.json", "generation_config.json")


class Place(StrEnum):
    """Where a model can be."""

    SHIPPED = "shipped"
    FOLDER = "folder"
    HUB = "hub"
    """Its local cache."""
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Presence:
    """What there is of a model."""

    model: str
    place: Place
    folder: Path | None = None
    weight_bytes: int = 0
    problem: str = ""
    """A sentence if it is not there, or not all of it."""
    packed: tuple[str, ...] = ()
    """The memory plans that it is converted for already; these need the rest no more."""

    @property
    def is_whole(self) -> bool:
        """Whether the checkpoint itself is there and nothing is lacking."""
        return self.place is not Place.NOWHERE and not self.problem


def look_for(model: str) -> Presence:
    """Where a model is; never fails."""
    # It reads tokenizers too, and that takes torch.
    from mezzotint_infill.checkpoint import find_checkpoint

    packed = tuple(plan.name for plan in PLANS if find_packed(model, plan))
    try:
        folder = find_checkpoint(model)
    except UnknownModelError as error:
        return Presence(model, Place.NOWHERE, problem=str(error), packed=packed)
    except DamagedModelError as error:
        return Presence(model, _place(model), problem=str(error), packed=packed)
    weights, problem = _weights(folder)
    return Presence(model, _place(model), folder, weights, problem, packed)


def _place(model: str) -> Place:
    if model == EMBEDDED:
        return Place.SHIPPED
    return Place.FOLDER if Path(model).expanduser().exists() else Place.HUB


def _weights(folder: Path) -> tuple[int, str]:
    """The bytes of the weights that are there, and a sentence if something is not."""
    try:
        wanted = _weight_files(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0, f"The {INDEX} in {folder} cannot be read."
    there = [path for path in wanted if path.is_file()]
    size = sum(path.stat().st_size for path in there)
    missing = [path.name for path in wanted if path not in there]
    missing += [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        return size, f"{folder} lacks {len(missing)} of the model's files, such as {missing[0]}."
    return size, ""


def _weight_files(folder: Path) -> list[Path]:
    index = folder / INDEX
    if not index.is_file():
        return sorted(folder.glob("*.safetensors")) or [folder / "model.safetensors"]
    read: Any = json.loads(index.read_text(encoding="utf-8"))
    return sorted({folder / name for name in read["weight_map"].values()})
