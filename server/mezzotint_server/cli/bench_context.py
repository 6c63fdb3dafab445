"""``mezzotint bench context``: how long a hole takes after a keystroke, without a model."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.progress import progress

if TYPE_CHECKING:
    from mezzotint_server.benchmark.waits import Waits

SIZES = (500, 5_000, 50_000)


def bench_context(
    folder: told.SourcesOption = told.OWN_SOURCES,
    keys: Annotated[int, typer.Option(min=10, max=10_000, help="Keystrokes in each file.")] = 300,
    as_data: told.JsonOption = False,
) -> None:
    """Time what comes between a keystroke and the engine, in small and in large files."""
    from mezzotint_server.benchmark.keystrokes import keystroke_waits

    with progress("keystrokes", len(SIZES) * keys) as advance:
        waits = {
            lines: asyncio.run(keystroke_waits(folder, lines, keys, on_key=advance))
            for lines in SIZES
        }
    if as_data:
        files = [_as_data(lines, each) for lines, each in waits.items()]
        typer.echo(json.dumps({"files": files}))
    else:
        _print(waits)


def _as_data(lines: int, waits: "Waits") -> dict[str, Any]:
    return {
        "lines": lines,
        "keystrokes": len(waits.ms),
        "median_ms": round(waits.median, 2),
        "p95_ms": round(waits.p95, 2),
    }


def _print(waits: dict[int, "Waits"]) -> None:
    table = Table("lines", "median", "95 % within", title="From a keystroke to a finished hole")
    for column in table.columns:
        column.justify = "right"
    for lines, each in waits.items():
        table.add_row(f"{lines:,}", f"{each.median:.1f} ms", f"{each.p95:.1f} ms")
    Console(highlight=False).print(table)
