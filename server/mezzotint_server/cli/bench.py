"""``mezzotint bench``: how long people wait, on this machine. Reads arguments and prints."""

import json
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.bench_context import bench_context
from mezzotint_server.cli.bench_gpu import bench_gpu
from mezzotint_server.cli.bench_server import bench_server
from mezzotint_server.cli.places import cuts_of
from mezzotint_server.cli.progress import progress
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from mezzotint_infill.benchmark import Comparison, Machine
    from mezzotint_server.benchmark.waits import Waits


bench = typer.Typer(name="bench", invoke_without_command=True)


@bench.callback()
def bench_fills(
    context: typer.Context,
    folder: told.SourcesOption = told.OWN_SOURCES,
    places: Annotated[int, typer.Option(min=2, max=200, help="Holes to fill.")] = 20,
    cold_runs: Annotated[int, typer.Option("--cold", min=1, help="Cold starts to time.")] = 3,
    seed: told.SeedOption = 0,
    as_data: told.JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
) -> None:
    """Time fills: against transformers' generate, from a cold start, and in an editor."""
    if context.invoked_subcommand is not None:
        return
    from mezzotint_infill.benchmark import compare_with_generate
    from mezzotint_server.benchmark.cold import cold_fills
    from mezzotint_server.benchmark.warm import warm_requests

    cuts = cuts_of(folder, seed, places)
    with progress("holes filled twice", len(cuts)) as advance:
        comparison, machine = compare_with_generate(cuts, model, seed=seed, on_place=advance)
    with progress("cold starts", cold_runs) as advance:
        cold = cold_fills(cuts, model, cold_runs, on_fill=advance)
    with progress("suggestions in an editor", len(cuts)) as advance:
        warm, suggested = warm_requests(cuts, model, on_answer=advance)
    times = _Times(comparison, cold, warm, suggested, machine)
    if as_data:
        asked = {"model": model, "holes_from": folder.name, "seed": seed}
        typer.echo(json.dumps(asked | _as_data(times), ensure_ascii=False))
    else:
        _print(times)


bench.command(name="context")(bench_context)
bench.command(name="gpu")(bench_gpu)
bench.command(name="server")(bench_server)


@dataclass(frozen=True, slots=True)
class _Times:
    """Everything that was measured."""

    comparison: "Comparison"
    cold: "Waits"
    warm: "Waits"
    suggested: int
    """Requests in an editor that were answered with a suggestion."""
    machine: "Machine"


def _as_data(times: _Times) -> dict[str, Any]:
    comparison, cold, warm = times.comparison, times.cold, times.warm
    return {
        "against_generate": {
            "places": len(comparison.ours_ms),
            "ours_median_ms": median(comparison.ours_ms),
            "theirs_median_ms": median(comparison.theirs_ms),
            "ratio": comparison.ratio,
        },
        "cold_fill": {"runs": len(cold.ms), "median_ms": cold.median, "ms": cold.ms},
        "warm_request": {
            "requests": len(warm.ms),
            "with_a_suggestion": times.suggested,
            "median_ms": warm.median,
            "p95_ms": warm.p95,
        },
        "machine": asdict(times.machine),
    }


def _print(times: _Times) -> None:
    comparison, cold, warm = times.comparison, times.cold, times.warm
    table = Table("", "median", "", title="How long a fill takes")
    table.columns[1].justify = "right"
    holes = counted(len(comparison.ours_ms), "hole")
    ratio = f"ours / theirs = {comparison.ratio:.2f}"
    within = f"95 % within {_ms(warm.p95)}; {times.suggested} of {len(warm.ms)} had one"
    table.add_row("a fill in a warm process", _ms(median(comparison.ours_ms)), holes)
    table.add_row("transformers' generate", _ms(median(comparison.theirs_ms)), ratio)
    table.add_row("mezzotint fill, whole process", _ms(cold.median), counted(len(cold.ms), "run"))
    table.add_row("a suggestion in an editor", _ms(warm.median), within)
    console = Console(highlight=False)
    console.print(table)
    machine = times.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    threads = counted(machine.threads, "thread")
    console.print(f"{machine.cpu}, {machine.device}, {threads}; {versions}", style="dim")


def _ms(wait: float) -> str:
    return f"{wait:,.0f} ms"
