"""``mezzotint bench server``: what the language server adds to its engine, and how it conducts itself.

Reads arguments and prints.
"""

import asyncio
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_infill.engine.address import RUNTIME_VARIABLE
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.places import cuts_of
from mezzotint_server.cli.progress import progress
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mezzotint_infill.evaluation.cuts import Cut
    from mezzotint_server.benchmark.answering import Answering
    from mezzotint_server.benchmark.conduct import Cancelling, Crowd
    from mezzotint_server.benchmark.outside import Outside
    from mezzotint_server.benchmark.waits import Waits

LINES = 5_000
INSIDE = 5
"""Times that a suggestion is typed through without pipes."""


@dataclass(frozen=True, slots=True)
class _Measured:
    load_average: float
    handshake: "Waits"
    answering: "Answering"
    inside: "Waits"
    cancelling: "Cancelling"
    crowd: "Crowd"
    outside: "Outside"


def bench_server(
    folder: told.SourcesOption = told.OWN_SOURCES,
    places: Annotated[int, typer.Option(min=2, max=200, help="Holes to fill.")] = 10,
    rewrites: Annotated[int, typer.Option(min=1, help="Stretches to rewrite.")] = 20,
    seed: told.SeedOption = 0,
    as_data: told.JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
) -> None:
    """Time what the language server adds to its engine; cancel, and ask from many sides at once."""
    cuts = cuts_of(folder, seed, places)
    with progress("places", len(cuts) + rewrites) as advance:
        measured = asyncio.run(_measured(cuts, rewrites, seed, model, advance))
    if as_data:
        typer.echo(json.dumps(_as_data(measured)))
    else:
        _print(measured)


async def _measured(
    cuts: "list[Cut]", rewrites: int, seed: int, model: str, on_place: "Callable[[], object]"
) -> _Measured:
    from mezzotint_server.benchmark.answering import answering, handshakes
    from mezzotint_server.benchmark.conduct import cancelling, crowd
    from mezzotint_server.benchmark.editor import editor
    from mezzotint_server.benchmark.inside import waits_inside
    from mezzotint_server.benchmark.long_files import long_file
    from mezzotint_server.benchmark.outside import outside

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="mezzotint-bench-") as folder:
        # Its log and its counts are nobody else's either.
        environment = {RUNTIME_VARIABLE: folder, "XDG_STATE_HOME": folder}
        handshake = await handshakes(model, environment)
        async with editor(model, environment) as connected:
            await connected.ready()
            answers = await answering(connected, cuts, LINES, on_place=on_place)
            free = await cancelling(connected, cuts, Path(folder))
            many = await crowd(model, environment, cuts)
            kept = await outside(connected, cuts, rewrites, seed, on_rewrite=on_place)
    inside = await waits_inside(long_file(cuts[0], cuts, LINES), INSIDE)
    return _Measured(load, handshake, answers, inside, free, many, kept)


def _as_data(measured: _Measured) -> dict[str, Any]:
    answers, cancelled, crowd = measured.answering, measured.cancelling, measured.crowd
    return {
        "load_average": round(measured.load_average, 2),
        "handshake": _figures(measured.handshake),
        "nothing": _figures(answers.nothing),
        "type_through": _figures(answers.through),
        "type_through_inside": _figures(measured.inside),
        "overhead": _figures(answers.overhead),
        "overhead_inside": _figures(answers.overhead_inside),
        "cancel": {
            **_figures(cancelled.waits),
            "step_ms": round(cancelled.step_ms, 2),
            "steps": round(cancelled.steps, 2),
        },
        "crowd": {
            "requests": crowd.requests,
            "unanswered": crowd.unanswered,
            "answered_twice": crowd.answered_twice,
            "seconds": round(crowd.seconds, 2),
        },
        "rewriting": asdict(measured.outside),
    }


def _figures(waits: "Waits") -> dict[str, Any]:
    return {
        "times": len(waits.ms),
        "median_ms": round(waits.median, 2),
        "p95_ms": round(waits.p95, 2),
    }


def _print(measured: _Measured) -> None:
    answers, cancelled, crowd = measured.answering, measured.cancelling, measured.crowd
    table = Table("", "median", "95 % within", "times", title=f"The server, in {LINES:,} lines")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, waits in (
        ("from the start of the process to the handshake", measured.handshake),
        ("a request for nothing", answers.nothing),
        ("typing through a suggestion", answers.through),
        ("… within the server", measured.inside),
        ("a suggestion, over the engine's own time", answers.overhead),
        ("… within the server", answers.overhead_inside),
        ("from a cancel to a free engine", cancelled.waits),
    ):
        table.add_row(name, f"{waits.median:.1f} ms", f"{waits.p95:.1f} ms", str(len(waits.ms)))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"A cancel takes {cancelled.steps:.1f} steps of {cancelled.step_ms:.0f} ms.")
    console.print(
        f"Of {counted(crowd.requests, 'request')} at once {crowd.unanswered} had no answer and"
        f" {crowd.answered_twice} more than one, after {crowd.seconds:.0f} s."
    )
    kept = measured.outside
    console.print(
        f"Of {counted(kept.rewrites, 'rewrite')} {kept.edits} came to an edit, and {kept.outside} of"
        " these touched something else."
    )
    console.print(f"The load average was {measured.load_average:.1f}.", style="dim")
