"""The CUDA card that is there, if one is: what it is called, what it can do, what is free of it.

The driver is asked (through ``nvidia-smi``, which comes with it) before CUDA is: that makes no
context, which would take up memory of its own, and it tells of a card that this torch cannot use.
"""

import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

MIB = 1 << 20
PATIENCE_S = 5.0
_QUERY = "uuid,name,driver_version,memory.total,memory.free,compute_cap"


@dataclass(frozen=True, slots=True)
class Card:
    """One card, as it is just now."""

    name: str
    driver: str
    """Its version; empty if the driver cannot be asked."""
    total: int
    """Bytes."""
    free: int
    """Bytes that nobody uses yet, this process's own CUDA context not counted unless it is there."""
    capability: tuple[int, int]
    """Such as (8, 9)."""
    is_usable: bool
    """Whether this torch can use it."""
    uuid: str = ""


def present_card(device: str = "cuda") -> Card | None:
    """The card that torch would use for a device, else the first that the driver knows of.

    Never fails for want of CUDA.
    """
    known = cards_of_driver()
    properties = _properties(device)
    if properties is None:
        return known[0] if known else None
    uuid = str(getattr(properties, "uuid", "")).removeprefix("GPU-")
    driver = next((card for card in known if uuid and card.uuid == uuid), None)
    if driver is None:
        return _from_torch(device, properties, known)
    capability = (properties.major, properties.minor)
    return Card(
        driver.name, driver.driver, driver.total, driver.free, capability, is_usable=True, uuid=uuid
    )


def cards_of_driver(command: str = "nvidia-smi") -> list[Card]:
    """What the driver knows of, usable or not; nothing if there is none, or if it hangs."""
    found = shutil.which(command)
    if found is None:
        return []
    try:
        ran = subprocess.run(
            [found, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return read_query(ran.stdout) if ran.returncode == 0 else []


def read_query(text: str) -> list[Card]:
    """The cards in the answer of ``nvidia-smi``; what is not understood of it is left out."""
    cards: list[Card] = []
    for line in text.splitlines():
        values = [value.strip() for value in line.split(",")]
        try:
            uuid, name, driver, total, free, capability = values
            major, minor = (int(number) for number in capability.split("."))
            size, unused = int(total) * MIB, int(free) * MIB
        except ValueError:
            continue
        uuid = uuid.removeprefix("GPU-")
        cards.append(Card(name, driver, size, unused, (major, minor), is_usable=False, uuid=uuid))
    return cards


def _properties(device: str) -> Any:
    """What torch says of a device; nothing if it has no CUDA or there is no such device."""
    import torch

    cuda: Any = torch.cuda
    try:
        return cuda.get_device_properties(torch.device(device)) if cuda.is_available() else None
    # A driver that is too old, or no device of that number.
    except (AssertionError, RuntimeError):
        return None


def _from_torch(device: str, properties: Any, known: list[Card]) -> Card:
    """Without the driver's figures. This makes a CUDA context, so that less is free."""
    import torch

    free, total = torch.cuda.mem_get_info(torch.device(device))
    driver = known[0].driver if known else ""
    capability = (properties.major, properties.minor)
    return Card(properties.name, driver, total, free, capability, is_usable=True)
