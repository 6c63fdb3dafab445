"""``mezzotint watch``: see one hole settle, step by step. Knows terminals and pace."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from mezzotint_infill.hole import Fill
from mezzotint_infill.options import InfillOptions
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.filling import FillsNow, infiller_from
from mezzotint_server.cli.frames import Frame, Playback
from mezzotint_server.cli.hole_in_file import HoleInFile, find_hole
from mezzotint_server.cli.palette import PLATE, TERMINAL
from mezzotint_server.cli.report import as_picture, heading
from mezzotint_server.cli.scene import Scene

LINES_AROUND = 8


def watch(
    context: typer.Context,
    place: told.PlaceArgument,
    to: told.ToOption = None,
    length: told.LengthOption = told.AUTO,
    seed: told.SeedOption = 0,
    steps: told.StepsOption = None,
    deadline: told.DeadlineOption = None,
    model: told.ModelOption = told.EMBEDDED,
    plan: told.PlanOption = told.AUTO,
    pace: Annotated[
        int, typer.Option(metavar="MS", min=0, max=10_000, help="Show each step at least so long.")
    ] = 120,
    gif_path: Annotated[
        Path | None,
        typer.Option("--gif", metavar="FILE", dir_okay=False, help="Save what was seen as a GIF."),
    ] = None,
) -> None:
    """Watch noise turn into code."""
    from mezzotint_server.cli import gif  # With it an imaging library, which no server needs.

    options = told.options_from(length, 1, seed, steps, deadline)
    where = find_hole(place, to)
    if gif_path:
        gif.check_can_save(gif_path)
    playback = Playback(pace / 1000)
    answer = _watched(where, options, infiller_from(context, model, plan), playback)
    console = Console(highlight=False)
    console.print(as_picture(_scene(where), where.title, answer), soft_wrap=not console.is_terminal)
    if gif_path:
        plate = Scene.around(where, PLATE, LINES_AROUND)
        gif.save(gif_path, plate, where.title, playback.frames, pace)
        console.print(f"Saved {gif_path}.", markup=False, soft_wrap=True)


def _watched(
    where: HoleInFile, options: InfillOptions, infiller: FillsNow, playback: Playback
) -> Fill:
    console = Console(highlight=False)
    scene = _scene(where)

    def drawn() -> RenderableType:
        return _drawn(scene, where.title, playback.now())

    if not console.is_terminal:
        answer = infiller.fill_now(where.hole, options, on_draft=playback.add)
        playback.end(answer)
        return answer
    with Live(get_renderable=drawn, console=console, refresh_per_second=25, transient=True) as live:
        answer = infiller.fill_now(where.hole, options, on_draft=playback.add)
        playback.end(answer)
        while not playback.is_over:
            live.refresh()
            time.sleep(0.02)
    return answer


def _scene(where: HoleInFile) -> Scene:
    return Scene.around(where, TERMINAL, LINES_AROUND)


def _drawn(scene: Scene, title: str, frame: Frame) -> RenderableType:
    return Group(heading(title), scene.drawn(frame.pieces), Text(), Text(frame.caption, "dim"))
