"""How long the device takes, how much of it is taken up, and how fast it copies."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

import torch

COPIED_BYTES = 1 << 30
"""Far more than any cache holds."""


@dataclass(frozen=True, slots=True)
class Times:
    """The same work, done several times, in milliseconds."""

    ms: tuple[float, ...]

    @property
    def p50(self) -> float:
        return median(self.ms)

    @property
    def p95(self) -> float:
        if len(self.ms) < 2:
            return self.p50
        return quantiles(self.ms, n=20, method="inclusive")[-1]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is taken up of a device, in bytes: by tensors, and by all that the driver knows of."""

    steady: int
    peak: int
    driver_steady: int
    """Other programs on the card count in it."""
    driver_peak: int
    """The largest of all readings. What torch has taken it keeps, so none is missed between two."""


class Meter:
    """Reads a card's memory; on another device there is nothing to read."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._is_card = device.type == "cuda"
        self._driver_peak = 0
        if self._is_card:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(device)

    def look(self) -> None:
        """Take a reading."""
        if self._is_card:
            self._driver_peak = max(self._driver_peak, _used(self._device))

    def memory(self) -> Memory | None:
        """What there is now, and the most there was since the beginning."""
        if not self._is_card:
            return None
        self.look()
        peak = torch.cuda.max_memory_allocated(self._device)
        torch.cuda.empty_cache()
        steady = torch.cuda.memory_allocated(self._device)
        return Memory(steady, peak, _used(self._device), self._driver_peak)


def device_times(work: Callable[[], object], count: int, device: torch.device) -> Times:
    """Of work that is begun again before the device has done with it; by its own clock."""
    work()
    if device.type != "cuda":
        return Times(tuple(_wall_ms(work, device) for _ in range(count)))
    # Untyped: what they are depends on the device.
    events: list[Any] = [torch.cuda.Event(enable_timing=True) for _ in range(count + 1)]
    torch.cuda.synchronize(device)
    events[0].record()
    for event in events[1:]:
        work()
        event.record()
    torch.cuda.synchronize(device)
    return Times(tuple(a.elapsed_time(b) for a, b in pairwise(events)))


def wall_times(works: Sequence[Callable[[], object]], device: torch.device) -> Times:
    """Of work that somebody waits for, each begun when the one before is done."""
    return Times(tuple(_wall_ms(work, device) for work in works))


def copy_bandwidth(device: torch.device, size: int = COPIED_BYTES, count: int = 10) -> float:
    """Bytes a second, read and written, from one place on the device to another."""
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    times = device_times(lambda: target.copy_(source), count, device)
    return 2 * size / (times.p50 / 1000)


def _wall_ms(work: Callable[[], object], device: torch.device) -> float:
    _wait(device)
    started = time.perf_counter()
    work()
    _wait(device)
    return (time.perf_counter() - started) * 1000


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _used(device: torch.device) -> int:
    free, total = torch.cuda.mem_get_info(device)
    return total - free
