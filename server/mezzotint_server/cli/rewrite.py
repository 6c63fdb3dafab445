"""``mezzotint rewrite``: a stretch of a file, changed where it stands.

Renoised to a strength, or repaired where the model finds it least likely; not filled anew.
"""

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Fill, Freed, Rewrite
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import infiller_from
from mezzotint_server.cli.hole_in_file import STDIN, HoleInFile, find_hole
from mezzotint_server.cli.palette import TERMINAL
from mezzotint_server.cli.report import as_json, as_picture
from mezzotint_server.cli.scene import Scene
from mezzotint_server.holes import with_line_feeds
from mezzotint_server.place import Place

STRENGTH = 0.2

StrengthOption = Annotated[
    float,
    typer.Option(metavar="0..1", help="The share of the stretch's tokens that may change."),
]
RepairOption = Annotated[
    bool, typer.Option("--repair", help="Change the tokens that the model finds least likely.")
]
_InstructionOption = Annotated[
    str, typer.Option(help="What to do, for models that read instructions.")
]


def rewrite(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="PATH:LINE[:COLUMN]",
            help="Where the stretch begins, counted from 1; no column means the line's start.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="LINE[:COLUMN]", help="Where it ends; the end of its line unless given."
        ),
    ] = None,
    strength: StrengthOption = STRENGTH,
    is_repair: RepairOption = False,
    instruction: _InstructionOption = "",
    as_data: told.JsonOption = False,
    candidates: told.CandidatesOption = 1,
    seed: told.SeedOption = 0,
    steps: told.StepsOption = None,
    deadline: told.DeadlineOption = None,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
    write: Annotated[bool, typer.Option("--write", help="Put it in the file.")] = False,
) -> None:
    """Change a stretch of a file where it stands: a little or a lot."""
    freed = Freed.LEAST_LIKELY if is_repair else Freed.BY_CHANCE
    options = told.options_from(told.AUTO, candidates, seed, steps, deadline)
    where = _stretch(place, to)
    before = where.file.text[where.start : where.end]
    hole = replace(where.hole, rewrite=Rewrite(before, strength, freed, instruction))
    infiller = infiller_from(context, model, plan)
    with Console(stderr=True).status("Denoising …"):
        answer = infiller.fill_now(hole, options)
    is_changed = answer.text != before
    if write and is_changed:
        where.write(answer)
    if as_data:
        typer.echo(as_json(answer))
    else:
        _show(where, answer, is_changed=is_changed, is_written=write and is_changed)


def _stretch(place: str, to: str | None) -> HoleInFile:
    """Raises :class:`~mezzotint_infill.errors.InfillError`."""
    if place == STDIN:
        raise BadHoleError("A stretch of a file can be rewritten, not standard input.")
    start = Place.parse(place)
    begin = f"{start.path}:{start.line}:{start.column or 1}"
    return find_hole(begin, to or str(start.line))


def _show(where: HoleInFile, answer: Fill, *, is_changed: bool, is_written: bool) -> None:
    console = Console(highlight=False)
    scene = Scene.around(where, TERMINAL)
    shown = replace(answer, text=with_line_feeds(answer.text))
    console.print(as_picture(scene, where.title, shown), soft_wrap=not console.is_terminal)
    if answer.note:
        console.print(answer.note, markup=False, soft_wrap=True)
    if not is_changed:
        console.print("Nothing was changed.")
    if is_written:
        console.print(f"Written to {where.file.name}.", markup=False, soft_wrap=True)
