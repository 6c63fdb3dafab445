"""``mezzotint pull``: fetch a model, and convert it once for a memory plan. Reads and prints."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from mezzotint_infill.memory.recorded import NAME
from mezzotint_infill.plans import require_known
from mezzotint_server.cli import arguments as told

if TYPE_CHECKING:
    from mezzotint_infill.memory.plan import MemoryPlan


def pull(
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="A model's name on the Hub.")
    ] = NAME,
    plan: told.PlanOption = told.AUTO,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            exists=True,
            file_okay=False,
            show_default=False,
            help="Take the model's files from here instead of the Hub.",
        ),
    ] = None,
) -> None:
    """Fetch a model, and pack it for a memory plan so that it loads fast.

    It is the plan that fits on this machine's card, unless told; without a card it is only fetched.
    """
    require_known(plan)
    from mezzotint_infill.checkpoint import find_checkpoint
    from mezzotint_infill.memory.here import plan_here
    from mezzotint_infill.packed.hub import fetch

    checkpoint = find_checkpoint(str(source)) if source else fetch(model)
    chosen = plan_here(plan, str(checkpoint), "cuda")
    if chosen is None:
        _say(f"{model} is in {checkpoint}; its weights stay as they are.")
    else:
        _pack(model, checkpoint, chosen)


def _pack(model: str, checkpoint: Path, plan: "MemoryPlan") -> None:
    from mezzotint_infill.packed.packing import is_packed, pack
    from mezzotint_infill.packed.store import WEIGHTS, packed_folder

    if is_packed(model, checkpoint, plan):
        _say(f"{model} is packed for {plan.name} already, in {packed_folder(model, plan)}.")
        return
    with _bytes_bar(f"packing for {plan.name}") as advance:
        folder = pack(model, checkpoint, plan, advance)
    size = (folder / WEIGHTS).stat().st_size
    _say(f"{model} is packed for {plan.name}: {size / 1e9:.2f} GB in {folder}.")


@contextmanager
def _bytes_bar(what: str) -> Generator[Callable[[int, int], None]]:
    """On standard error; none without a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    bars = Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )
    with bars:
        task = bars.add_task(what, total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield advance


def _say(sentence: str) -> None:
    Console(highlight=False).print(sentence, markup=False, soft_wrap=True)
