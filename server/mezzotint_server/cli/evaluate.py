"""``mezzotint eval``: how good a model is, on one's own files and on HumanEval-Infilling.

What is measured and how is the evaluation's to know, and it is imported when it is needed; this
reads arguments and prints.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.options import InfillOptions
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.evaluate_quantization import quantization
from mezzotint_server.cli.evaluate_rewrites import rewrites
from mezzotint_server.cli.filling import infiller_from
from mezzotint_server.cli.progress import progress
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from mezzotint_infill.evaluation.comparison import KindComparison
    from mezzotint_infill.evaluation.cuts import Cut
    from mezzotint_infill.evaluation.holes import MeasuredInfiller
    from mezzotint_infill.evaluation.humaneval import Score
    from mezzotint_infill.evaluation.summary import KindSummary

evaluate = typer.Typer(name="eval", no_args_is_help=True, help="Measure how good a model is.")

_FoldersArgument = Annotated[
    list[Path], typer.Argument(metavar="DIR...", exists=True, file_okay=False)
]
_PerKindOption = Annotated[int, typer.Option(min=1, help="Holes of each kind.")]
_PerFileOption = Annotated[int, typer.Option(min=1, help="Holes of a kind in one file.")]
_MarkdownOption = Annotated[
    bool, typer.Option("--markdown", help="Answer as tables for a model card.")
]


@evaluate.command()
def holes(
    context: typer.Context,
    folders: _FoldersArgument,
    seed: told.SeedOption = 0,
    per_kind: _PerKindOption = 100,
    per_file: _PerFileOption = 2,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Leave out holes that are longer than this.")
    ] = 32,
    with_fixed_lengths: Annotated[
        bool, typer.Option("--fixed-lengths", help="Give each hole 1, 2, 4, 8, 16 tokens as well.")
    ] = False,
    lookups: told.LookupsOption = told.LOOKUPS,
    as_data: told.JsonOption = False,
    as_markdown: _MarkdownOption = False,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
) -> None:
    """Cut holes out of Python files and compare what is filled in with what was there.

    Every hole is filled with its length told and unknown, with its suffix and without.
    """
    from mezzotint_infill.evaluation.holes import FIXED_LENGTHS, STANDARD, evaluate_holes
    from mezzotint_infill.evaluation.summary import markdown, summarise

    cuts = _cuts(folders, seed, per_kind, per_file)
    with progress("holes", len(cuts)) as advance:
        measured = evaluate_holes(
            _measured(context, model, plan),
            cuts,
            conditions=STANDARD + FIXED_LENGTHS if with_fixed_lengths else STANDARD,
            max_tokens=max_tokens,
            options=InfillOptions(seed=seed, lookups=lookups),
            on_hole=advance,
        )
    kinds = summarise(measured)
    if as_data:
        asked = {
            "model": model,
            "plan": plan,
            "seed": seed,
            "max_tokens": max_tokens,
            "lookups": lookups,
        }
        _print_json(asked | {"kinds": [asdict(kind) for kind in kinds]})
    elif as_markdown:
        typer.echo(markdown(kinds), nl=False)
    else:
        _print_kinds(kinds)


@evaluate.command(name="context")
def in_context(
    context: typer.Context,
    folders: _FoldersArgument,
    seed: told.SeedOption = 0,
    per_kind: _PerKindOption = 60,
    per_file: _PerFileOption = 2,
    as_data: told.JsonOption = False,
    as_markdown: _MarkdownOption = False,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
) -> None:
    """Compare what is filled in with the code's structure known, and with text alone.

    The holes are those of eval holes. Each is asked about as somebody does who cuts text at the
    cursor, and as in an editor: by hand and while typing, with snippets of the folders' other
    files. No length is told.
    """
    from mezzotint_infill.evaluation.comparison import compare, comparison_markdown
    from mezzotint_infill.evaluation.ways import try_ways
    from mezzotint_server.cli.shown import shown_for
    from mezzotint_server.cli.ways import in_line_feeds, ways_of_asking

    cuts = [in_line_feeds(cut) for cut in _cuts(folders, seed, per_kind, per_file)]
    fill_now = infiller_from(context, model, plan).fill_now
    ways = ways_of_asking(seed, asyncio.run(shown_for(cuts, folders)))
    with progress("holes", len(cuts)) as advance:
        kinds = compare(try_ways(fill_now, cuts, ways, on_hole=advance))
    if as_data:
        asked = {"model": model, "plan": plan, "seed": seed}
        _print_json(asked | {"kinds": [asdict(kind) for kind in kinds]})
    elif as_markdown:
        typer.echo(comparison_markdown(kinds), nl=False)
    else:
        _print_comparison(kinds)


@evaluate.command()
def humaneval_infill(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl.gz", help="One of the benchmark's own files.")
    ],
    seed: told.SeedOption = 0,
    is_length_told: Annotated[
        bool, typer.Option("--told-length", help="Tell the model how many tokens the hole has.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many rows, evenly spread over the file.")
    ] = None,
    is_gold: Annotated[
        bool, typer.Option("--gold", help="Check the tests: answer with the truth.")
    ] = False,
    lookups: told.LookupsOption = told.LOOKUPS,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many tests to run at once.")] = None,
    as_data: told.JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
) -> None:
    """Fill HumanEval-Infilling and run its tests.

    This runs code that a model has written: each row in a process of its own, with limits on time,
    memory and files. That holds against accidents, not against malice.
    """
    from mezzotint_infill.evaluation.humaneval import fill_rows, gold, read_rows, score, spread

    rows = spread(read_rows(file), limit)
    if is_gold:
        answers = gold(rows)
    else:
        infiller = _measured(context, model, plan)
        options = InfillOptions(seed=seed, lookups=lookups)
        answers = fill_rows(infiller, rows, options, is_length_told=is_length_told)
    with progress("rows", len(rows)) as advance:
        result = score(answers, jobs=jobs or os.cpu_count() or 1, on_row=advance)
    name = "gold" if is_gold else model
    if as_data:
        asked = {"model": name, "plan": plan, "file": file.name, "seed": seed, "lookups": lookups}
        _print_json(asked | {"is_length_told": is_length_told} | asdict(result))
    else:
        _print_score(name, result)


evaluate.command(name="rewrite")(rewrites)
evaluate.command()(quantization)


def _cuts(folders: Sequence[Path], seed: int, per_kind: int, per_file: int) -> "list[Cut]":
    from mezzotint_infill.evaluation.sample import sample_cuts

    cuts = sample_cuts(folders, seed=seed, per_kind=per_kind, per_file=per_file)
    if not cuts:
        raise BadHoleError(f"There is no Python file to cut a hole out of in {_named(folders)}.")
    return cuts


def _measured(context: typer.Context, model: str, plan: str) -> "MeasuredInfiller":
    """The model in this process can be measured; the engine's wire carries no losses."""
    return cast("MeasuredInfiller", infiller_from(context, model, plan))


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False))


def _print_kinds(kinds: "Sequence[KindSummary]") -> None:
    from mezzotint_infill.evaluation import summary

    _print_table(summary.FILL_COLUMNS, summary.fill_rows(kinds))
    _print_table(summary.WORTH_COLUMNS, summary.worth_rows(kinds))


def _print_comparison(kinds: "Sequence[KindComparison]") -> None:
    from mezzotint_infill.evaluation import comparison

    _print_table(comparison.WAY_COLUMNS, comparison.way_rows(kinds))
    _print_table(comparison.GAIN_COLUMNS, comparison.gain_rows(kinds))


def _print_score(model: str, result: "Score") -> None:
    from mezzotint_infill.evaluation.tables import percent

    columns = ("model", "rows", "pass@1, %", "exact, %", "timed out", "not taken", "median ms")
    row = (
        model,
        str(result.rows),
        percent(result.pass_at_1),
        percent(result.exact),
        str(result.timed_out),
        str(result.refused),
        f"{result.median_ms:.0f}",
    )
    _print_table(columns, [row])


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _named(folders: Sequence[Path]) -> str:
    return str(folders[0]) if len(folders) == 1 else counted(len(folders), "folder")
