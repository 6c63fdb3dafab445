"""``mezzotint fill``: one hole, one answer. Knows how to ask and what to do with the answer."""

from typing import Annotated

import typer
from rich.console import Console

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Fill
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import infiller_from
from mezzotint_server.cli.hole_in_file import HoleInFile, find_hole
from mezzotint_server.cli.palette import TERMINAL
from mezzotint_server.cli.report import as_json, as_picture
from mezzotint_server.cli.scene import Scene


def fill(
    context: typer.Context,
    place: told.PlaceArgument,
    to: told.ToOption = None,
    as_data: told.JsonOption = False,
    length: told.LengthOption = told.AUTO,
    candidates: told.CandidatesOption = 1,
    seed: told.SeedOption = 0,
    steps: told.StepsOption = None,
    deadline: told.DeadlineOption = None,
    lookups: told.LookupsOption = told.LOOKUPS,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
    write: Annotated[bool, typer.Option("--write", help="Put the fill in the file.")] = False,
) -> None:
    """Fill one hole in a file."""
    options = told.options_from(length, candidates, seed, steps, deadline, lookups)
    where = find_hole(place, to)
    if write and where.file.path is None:
        raise BadHoleError("--write needs a file, not standard input.")
    with Console(stderr=True).status("Denoising …"):
        answer = infiller_from(context, model, plan).fill_now(where.hole, options)
    # Nothing found is no reason to take away what --to marks.
    if write and answer.text:
        where.write(where.in_own_line_breaks(answer))
    if as_data:
        typer.echo(as_json(where.in_own_line_breaks(answer)))
    else:
        _show(where, answer, written=write)


def _show(where: HoleInFile, answer: Fill, *, written: bool) -> None:
    console = Console(highlight=False)
    scene = Scene.around(where, TERMINAL)
    console.print(as_picture(scene, where.title, answer), soft_wrap=not console.is_terminal)
    if written:
        outcome = "Written to" if answer.text else "Nothing was written to"
        console.print(f"{outcome} {where.file.name}.", markup=False, soft_wrap=True)
