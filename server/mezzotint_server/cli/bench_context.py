"""``mezzotint bench context``: how long a hole takes after a keystroke, and a workspace at first.

There is no model in it.
"""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.progress import progress
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from mezzotint_server.benchmark.indexing import Indexed
    from mezzotint_server.benchmark.waits import Waits

SIZES = (500, 5_000, 50_000)
PAUSES = 12
WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="A workspace to index; the folder of --from unless given.",
    ),
]


def bench_context(
    folder: told.SourcesOption = told.OWN_SOURCES,
    keys: Annotated[int, typer.Option(min=10, max=10_000, help="Keystrokes in each file.")] = 300,
    workspace: WorkspaceOption = None,
    as_data: told.JsonOption = False,
) -> None:
    """Time what comes between a keystroke and the engine, and the index of a workspace."""
    from mezzotint_server.benchmark.indexing import index_folder
    from mezzotint_server.benchmark.keystrokes import BURST, keystroke_waits, waits_after_pauses

    folder, workspace = folder.resolve(), (workspace or folder).resolve()
    indexed = asyncio.run(index_folder(workspace))
    with progress("keystrokes", len(SIZES) * (keys + PAUSES * BURST)) as advance:
        waits = {
            lines: (
                asyncio.run(keystroke_waits(folder, lines, keys, on_key=advance)),
                asyncio.run(waits_after_pauses(folder, lines, PAUSES, on_key=advance)),
            )
            for lines in SIZES
        }
    if as_data:
        files = [_as_data(lines, *each) for lines, each in waits.items()]
        runs = [round(seconds, 2) for seconds in indexed.runs]
        index = {"files": indexed.files, "seconds": round(indexed.seconds, 2), "runs": runs}
        typer.echo(json.dumps({"files": files, "index": index}))
    else:
        _print(waits, indexed)


def _as_data(lines: int, waits: "Waits", after_pauses: "Waits") -> dict[str, Any]:
    return {
        "lines": lines,
        "keystrokes": len(waits.ms),
        "median_ms": round(waits.median, 2),
        "p95_ms": round(waits.p95, 2),
        "after_pauses": {
            "keystrokes": len(after_pauses.ms),
            "median_ms": round(after_pauses.median, 2),
            "p95_ms": round(after_pauses.p95, 2),
        },
    }


def _print(waits: "dict[int, tuple[Waits, Waits]]", indexed: "Indexed") -> None:
    columns = ("lines", "median", "95 % within", "after a pause", "95 % within")
    table = Table(*columns, title="From a keystroke to a finished hole")
    for column in table.columns:
        column.justify = "right"
    for lines, both in waits.items():
        times = (f"{ms:.1f} ms" for each in both for ms in (each.median, each.p95))
        table.add_row(f"{lines:,}", *times)
    console = Console(highlight=False)
    console.print(table)
    files = counted(indexed.files, "file")
    runs = ", ".join(f"{seconds:.1f}" for seconds in indexed.runs)
    console.print(f"A workspace of {files} is known after {indexed.seconds:.1f} s (of {runs}).")
