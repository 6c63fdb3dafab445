"""``mezzotint eval rewrite``: what rewriting does to stretches of one's own files."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Freed
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import infiller_from
from mezzotint_server.cli.progress import progress
from mezzotint_server.cli.rewrite import STRENGTH, RepairOption, StrengthOption

if TYPE_CHECKING:
    from mezzotint_infill.evaluation.rewrites import Figures, Rewriter


def rewrites(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", exists=True, file_okay=False)],
    seed: told.SeedOption = 0,
    strength: StrengthOption = STRENGTH,
    is_repair: RepairOption = False,
    per_kind: Annotated[int, typer.Option(min=1, help="Stretches of each kind.")] = 100,
    per_file: Annotated[int, typer.Option(min=1, help="Stretches of a kind in one file.")] = 2,
    as_data: told.JsonOption = False,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
) -> None:
    """Rewrite lines, blocks and spans of Python files, and count what changed and what broke."""
    from mezzotint_infill.evaluation.rewrites import KINDS, figures, rewrite_all
    from mezzotint_infill.evaluation.sample import sample_cuts

    freed = Freed.LEAST_LIKELY if is_repair else Freed.BY_CHANCE
    cuts = sample_cuts(folders, seed=seed, per_kind=per_kind, per_file=per_file, kinds=KINDS)
    if not cuts:
        raise BadHoleError("There is no Python file there to rewrite a stretch of.")
    rewriter = cast("Rewriter", infiller_from(context, model, plan))
    with progress("stretches", len(cuts)) as advance:
        done = rewrite_all(
            rewriter,
            cuts,
            strength=strength,
            freed=freed,
            seed=seed,
            on_stretch=advance,
        )
    found = figures(done)
    if as_data:
        asked = {
            "model": model,
            "plan": plan,
            "seed": seed,
            "strength": strength,
            "freed": freed.value,
        }
        typer.echo(json.dumps(asked | asdict(found)))
    else:
        _show(found)


def _show(found: "Figures") -> None:
    table = Table("stretches", "tokens changed, %", "at most, %", "worse, %", "changed, %", "ms")
    table.add_row(
        str(found.stretches),
        f"{100 * found.mean_share_of_tokens_changed:.1f}",
        f"{100 * found.largest_share_of_tokens_changed:.1f}",
        f"{100 * found.share_that_parses_worse:.1f}",
        f"{100 * found.share_changed_at_all:.1f}",
        f"{found.mean_ms:.0f}",
    )
    Console().print(table)
