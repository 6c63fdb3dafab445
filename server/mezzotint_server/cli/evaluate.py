"""``mezzotint eval``: how good a model is, on one's own files and on HumanEval-Infilling.

What is measured and how is the evaluation's to know; this reads arguments and prints.
"""

import json
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from mezzotint_infill.errors import BadHoleError
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import infiller_from
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from mezzotint_infill.evaluation.holes import MeasuredInfiller
    from mezzotint_infill.evaluation.humaneval import Score

evaluate = typer.Typer(name="eval", no_args_is_help=True, help="Measure how good a model is.")

JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


@evaluate.command()
def holes(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", exists=True, file_okay=False)],
    seed: told.SeedOption = 0,
    per_kind: Annotated[int, typer.Option(min=1, help="Holes of each kind.")] = 100,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Leave out holes that are longer than this.")
    ] = 32,
    as_data: JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
) -> None:
    """Cut holes out of Python files and compare what is filled in with what was there."""
    from mezzotint_infill.evaluation.holes import evaluate_holes
    from mezzotint_infill.evaluation.sample import sample_cuts
    from mezzotint_infill.evaluation.summary import summarise

    cuts = sample_cuts(folders, seed=seed, per_kind=per_kind)
    if not cuts:
        raise BadHoleError(f"There is no Python file to cut a hole out of in {_named(folders)}.")
    with _progress("holes", len(cuts)) as advance:
        measured = evaluate_holes(
            _measured(context, model), cuts, max_tokens=max_tokens, seed=seed, on_hole=advance
        )
    kinds = summarise(measured)
    if as_data:
        _print_json({"model": model, "seed": seed, "kinds": [asdict(kind) for kind in kinds]})
        return
    from mezzotint_infill.evaluation import summary

    _print_table(summary.FILL_COLUMNS, summary.fill_rows(kinds))
    _print_table(summary.WORTH_COLUMNS, summary.worth_rows(kinds))


@evaluate.command()
def humaneval_infill(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl.gz")],
    seed: told.SeedOption = 0,
    is_length_told: Annotated[
        bool, typer.Option("--told", help="Tell the model how many tokens the hole has.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many rows.")] = None,
    is_gold: Annotated[
        bool, typer.Option("--gold", help="Check the tests: answer with the truth.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many tests to run at once.")] = None,
    as_data: JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
) -> None:
    """Fill HumanEval-Infilling and run its tests. This runs code that a model has written."""
    from mezzotint_infill.evaluation.humaneval import fill_rows, gold, read_rows, score

    rows = list(islice(read_rows(file), limit))
    if is_gold:
        answers = gold(rows)
    else:
        infiller = _measured(context, model)
        answers = fill_rows(infiller, rows, is_length_told=is_length_told, seed=seed)
    with _progress("rows", len(rows)) as advance:
        result = score(answers, jobs=jobs or os.cpu_count() or 1, on_row=advance)
    name = "gold" if is_gold else model
    if as_data:
        _print_json(
            {"model": name, "seed": seed, "is_length_told": is_length_told, **asdict(result)}
        )
    else:
        _print_table(("model", "rows", "pass@1, %", "exact, %", "median ms"), [_row(name, result)])


def _measured(context: typer.Context, model: str) -> "MeasuredInfiller":
    return cast("MeasuredInfiller", infiller_from(context, model))


def _row(model: str, result: "Score") -> tuple[str, ...]:
    from mezzotint_infill.evaluation.summary import percent

    return (
        model,
        str(result.rows),
        percent(result.pass_at_1),
        percent(result.exact),
        f"{result.median_ms:.0f}",
    )


@contextmanager
def _progress(what: str, total: int) -> Generator[Callable[[], None]]:
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False))


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _named(folders: Sequence[Path]) -> str:
    return str(folders[0]) if len(folders) == 1 else counted(len(folders), "folder")
