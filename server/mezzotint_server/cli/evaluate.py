"""``mezzotint eval``: measure a model, on holes cut out of files or on HumanEval-Infilling.

Knows terminals; what is measured and how, ``mezzotint_infill.evaluation`` knows, and is imported
when it is needed.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mezzotint_infill.errors import InfillError
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import infiller_from

if TYPE_CHECKING:
    from mezzotint_infill.evaluation.holes import MeasuredInfiller
    from mezzotint_infill.evaluation.humaneval import Row, Score
    from mezzotint_infill.evaluation.summary import KindSummary

FIXED_LENGTHS = (1, 2, 4, 8, 16)

app = typer.Typer(help="Measure a model.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


@app.command()
def holes(
    context: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...", exists=True, file_okay=False, help="Folders with Python files."
        ),
    ],
    seed: Annotated[int, typer.Option(help="Chooses the holes, and the noise.")] = 0,
    per_kind: Annotated[int, typer.Option(min=1, help="Holes of each kind.")] = 100,
    per_file: Annotated[int, typer.Option(min=1, help="Holes of a kind in one file.")] = 2,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Leave out holes whose truth has more tokens.")
    ] = 32,
    fixed_lengths: Annotated[
        bool, typer.Option("--fixed-lengths", help="Also give every hole 1, 2, 4, 8, 16 tokens.")
    ] = False,
    model: told.ModelOption = told.EMBEDDED,
    as_data: JsonOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Answer as tables for a model card.")
    ] = False,
) -> None:
    """Cut holes out of real files, fill them, compare with what was there.

    Each hole is filled with its length told and unknown, with its suffix and without.
    """
    from mezzotint_infill.evaluation.holes import STANDARD_CONDITIONS, Condition, evaluate_holes
    from mezzotint_infill.evaluation.sample import sample_cuts
    from mezzotint_infill.evaluation.summary import markdown, summarise

    conditions = STANDARD_CONDITIONS
    if fixed_lengths:
        conditions += tuple(Condition(length) for length in FIXED_LENGTHS)
    cuts = sample_cuts(folders, seed=seed, per_kind=per_kind, per_file=per_file)
    with _progress() as progress:
        task = progress.add_task("holes", total=len(cuts))
        evaluation = evaluate_holes(
            _measured(context, model),
            cuts,
            conditions=conditions,
            max_tokens=max_tokens,
            seed=seed,
            on_hole=lambda: progress.advance(task),
        )
    kinds = summarise(evaluation)
    if not kinds:
        raise InfillError("No Python file there has a place for a hole that the model can take.")
    if as_data:
        figures = {"model": model, "seed": seed, "max_tokens": max_tokens}
        _say_json(figures | {"kinds": [asdict(kind) for kind in kinds]})
    elif as_markdown:
        typer.echo(markdown(kinds), nl=False)
    else:
        _show_kinds(kinds)


@app.command("humaneval-infill")
def humaneval_infill(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl.gz", help="One of the benchmark's own files.")
    ],
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take so many rows, evenly spread over the file.")
    ] = None,
    length_told: Annotated[
        bool, typer.Option("--told-length", help="Tell the number of tokens in each hole.")
    ] = False,
    answer_gold: Annotated[
        bool, typer.Option("--gold", help="Check the scorer: answer with the truth, no model.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=1, help="Rows to run at once.", show_default="processors")
    ] = os.cpu_count() or 1,
    seed: told.SeedOption = 0,
    model: told.ModelOption = told.EMBEDDED,
    as_data: JsonOption = False,
) -> None:
    """Fill the holes of HumanEval-Infilling and run its tests.

    This runs code that a model has written, each row in a process of its own with limits on time,
    memory and files. That holds against accidents, not against malice.
    """
    from mezzotint_infill.evaluation.humaneval import fill_rows, gold, read_rows, score

    rows = _spread(read_rows(file), limit)
    with _progress() as progress:
        task = progress.add_task("rows", total=len(rows))
        answers = (
            gold(rows)
            if answer_gold
            else fill_rows(_measured(context, model), rows, is_length_told=length_told, seed=seed)
        )
        result = score(answers, jobs=jobs, on_row=lambda: progress.advance(task))
    length = "told" if length_told or answer_gold else "unknown"
    name = "gold" if answer_gold else model
    if as_data:
        _say_json({"model": name, "file": file.name, "length": length} | asdict(result))
    else:
        _show_score(result, f"{file.name}: {name}, length {length}")


def _measured(context: typer.Context, model: str) -> "MeasuredInfiller":
    """The model in this process can be measured; the engine's wire does not carry losses."""
    return cast("MeasuredInfiller", infiller_from(context, model))


def _spread(rows: "list[Row]", limit: int | None) -> "list[Row]":
    if limit is None or limit >= len(rows):
        return rows
    return [rows[place * len(rows) // limit] for place in range(limit)]


def _progress() -> Progress:
    """On standard error, so that standard output is the answer alone."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _say_json(figures: dict[str, Any]) -> None:
    typer.echo(json.dumps(figures, ensure_ascii=False))


def _show_kinds(kinds: "tuple[KindSummary, ...]") -> None:
    from mezzotint_infill.evaluation import summary

    console = Console(highlight=False)
    for columns, rows in (
        (summary.FILL_COLUMNS, summary.fill_rows(kinds)),
        (summary.WORTH_COLUMNS, summary.worth_rows(kinds)),
    ):
        table = Table(*columns)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _show_score(score: "Score", title: str) -> None:
    from mezzotint_infill.evaluation.summary import percent

    table = Table(title=title, show_header=False)
    table.add_row("pass@1, %", percent(score.pass_at_1))
    table.add_row("exact match, %", percent(score.exact))
    table.add_row("rows, functions", f"{score.rows}, {score.functions}")
    table.add_row("failed, timed out", f"{score.failed}, {score.timed_out}")
    table.add_row("not taken by the model", str(score.refused))
    table.add_row("ms, mean and median", f"{score.mean_ms:.0f}, {score.median_ms:.0f}")
    Console(highlight=False).print(table)
