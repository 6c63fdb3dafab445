"""A whole ``mezzotint fill`` from the shell: start, imports, weights, fill, end."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from mezzotint_infill.errors import BadHoleError, InfillError
from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_server.benchmark.waits import Waits

LINES = 300
_ENOUGH_BEFORE = LINES * 5 // 6
"""The hole is not further down than this, so that there is code after it."""


class FailedFillError(InfillError):
    """``mezzotint fill`` did not end well."""

    code = "failed-fill"


def cold_fills(
    cuts: Sequence[Cut],
    model: str,
    times: int,
    *,
    on_fill: Callable[[], object] = lambda: None,
) -> Waits:
    """Fill the same hole in a file of 300 lines, each time in a fresh process."""
    text, line, column = file_of_300_lines(cuts)
    waits: list[float] = []
    with tempfile.TemporaryDirectory(prefix="mezzotint-bench-") as folder:
        path = Path(folder) / "cold.py"
        path.write_text(text, encoding="utf-8")
        for _ in range(times):
            waits.append(_cold_fill(f"{path}:{line}:{column}", model))
            on_fill()
    return Waits(tuple(waits))


def _cold_fill(place: str, model: str) -> float:
    command = [sys.executable, "-m", "mezzotint_server", "fill", place, "--json", "--model", model]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wait_ms = (time.perf_counter() - started) * 1000
    if done.returncode:
        raise FailedFillError(done.stderr.strip().removeprefix("mezzotint: "))
    return wait_ms


def file_of_300_lines(cuts: Sequence[Cut]) -> tuple[str, int, int]:
    """A file with a hole in it, other files' code behind it, and the hole's line and column."""
    for cut in cuts:
        line = cut.prefix.count("\n") + 1
        if line <= _ENOUGH_BEFORE:
            behind = "\n".join([cut.suffix, *(other.text for other in cuts)])
            lines = (cut.prefix + behind).split("\n")[:LINES]
            return "\n".join(lines), line, len(cut.prefix.rpartition("\n")[2]) + 1
    raise BadHoleError(f"No hole is in the first {_ENOUGH_BEFORE} lines of its file.")
