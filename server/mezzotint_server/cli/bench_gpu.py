"""``mezzotint bench gpu``: what each memory plan takes on this card, and how fast it is.

Reads arguments and prints.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_infill.errors import BadOptionsError, ModelError
from mezzotint_infill.memory.cost import CONTEXT, GB
from mezzotint_infill.memory.recorded import NAME
from mezzotint_server.cli import arguments as told

if TYPE_CHECKING:
    from mezzotint_infill.benchmark_gpu.compare import Figures
    from mezzotint_infill.benchmark_gpu.measure import OfPlan

SHOWN = 64
"""The bucket that people see first."""

RandomOption = Annotated[
    bool,
    typer.Option("--random-weights", help="Weights of the real shapes that nobody has trained."),
]
PlanOption = Annotated[
    str | None,
    typer.Option(metavar="PLAN", help="Measure this one only; else all that fit but stream."),
]
PackedOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="With random weights: pack them here, for a start to be timed; removed again.",
    ),
]
ContextOption = Annotated[
    int, typer.Option(min=256, max=131_072, help="Tokens that the prefix cache has room for.")
]


def bench_gpu(
    model: told.ModelOption = NAME,
    random_weights: RandomOption = False,
    plan: PlanOption = None,
    packed: PackedOption = None,
    context: ContextOption = CONTEXT,
    repeats: Annotated[int, typer.Option(min=2, max=1000, help="Times that each is done.")] = 20,
    as_data: told.JsonOption = False,
    device: Annotated[str, typer.Option(hidden=True)] = "cuda",
    shape: Annotated[str, typer.Option(hidden=True)] = "26b",
) -> None:
    """Time steps, prompts and suggestions of the 26B under each memory plan, on a CUDA card."""
    from mezzotint_infill.benchmark_gpu.as_data import as_data as data_of
    from mezzotint_infill.benchmark_gpu.compare import compare
    from mezzotint_infill.benchmark_gpu.measure import Asked
    from mezzotint_infill.benchmark_gpu.source import Source
    from mezzotint_infill.model import find_device

    if packed and not random_weights:
        raise BadOptionsError("--packed is for --random-weights; mezzotint pull packs a model.")
    try:
        place = find_device(device)
    except ModelError as error:
        if device != "cuda":
            raise
        raise ModelError("There is no CUDA card here that torch can use.") from error
    source = Source(_known_shape(shape) if random_weights else model, random_weights, packed)
    asked = Asked(context, repeats, lambda line: typer.echo(line, err=True))
    figures = compare(source, place, _plans(plan), asked)
    if as_data:
        typer.echo(json.dumps(data_of(figures), ensure_ascii=False))
    else:
        _print(figures)


def _plans(name: str | None) -> Any:
    from mezzotint_infill.benchmark_gpu.compare import interactive_plans
    from mezzotint_infill.memory.plan import PLANS

    known = {plan.name: plan for plan in PLANS}
    if name is not None and name not in known:
        raise BadOptionsError(f"The plan must be one of {', '.join(known)}, not {name}.")
    return interactive_plans() if name is None else (known[name],)


def _known_shape(shape: str) -> str:
    from mezzotint_infill.benchmark_gpu.shapes import SHAPES

    if shape not in SHAPES:
        raise BadOptionsError(f"The shape must be one of {', '.join(SHAPES)}, not {shape}.")
    return shape


def _print(figures: "Figures") -> None:
    columns = ("plan", "peak", f"a step at {SHOWN}", "of the bandwidth", "a suggestion", "95 %")
    weights = "random weights" if figures.source.is_random else "its own weights"
    table = Table(*columns, title=f"{figures.source.model}, {weights}")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in figures.plans:
        table.add_row(*_row(figures, each))
    console = Console(highlight=False)
    console.print(table)
    for positions, step in figures.generate:
        console.print(f"transformers' generate: {step.p50:.1f} ms a step at {positions} positions")
    for line in figures.left_out:
        console.print(line)
    versions = ", ".join(f"{name} {number}" for name, number in figures.versions.items())
    bandwidth = f"{figures.bandwidth / GB:,.0f} GB/s copied"
    console.print(f"{figures.device}, {bandwidth}; {versions}", style="dim")


def _row(figures: "Figures", each: "OfPlan") -> tuple[str, ...]:
    from mezzotint_infill.benchmark_gpu.as_data import share_of_bandwidth

    step = dict(each.steps)[SHOWN]
    share = share_of_bandwidth(figures, each, SHOWN, step)
    peak = "" if each.memory is None else f"{each.memory.driver_peak / GB:.2f} GB"
    one = each.one_canvas
    return (
        each.plan.name, peak, f"{step.p50:.2f} ms", f"{share:.0%}",
        f"{one.p50:.0f} ms", f"{one.p95:.0f} ms",
    )  # fmt: skip
