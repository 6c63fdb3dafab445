"""``mezzotint doctor``: what there is on this machine, what a model would take up, what to do next.

Asks the driver, the disk and the engines that run; loads no model and starts nothing.
"""

import math
from typing import Annotated

import typer
from rich.console import Console

from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.memory.cost import CONTEXT, GB
from mezzotint_infill.memory.recorded import NAME
from mezzotint_server.cli import arguments as told


def doctor(
    as_data: told.JsonOption = False,
    vram: Annotated[
        float | None,
        typer.Option(
            metavar="GB", min=0.0, help="Work out the plans for a card with so much free memory."
        ),
    ] = None,
    model: told.ModelOption = NAME,
    context: Annotated[
        int, typer.Option(min=1, help="Tokens of a prompt that there is to be room for.")
    ] = CONTEXT,
) -> None:
    """Show what is installed, what each memory plan takes up and which fits, and what to do next."""
    # Other commands do without all that this looks at.
    from mezzotint_server.cli.diagnosis import diagnose
    from mezzotint_server.cli.diagnosis_shown import as_json, as_picture

    found = diagnose(model, _bytes(vram), context)
    if as_data:
        typer.echo(as_json(found))
    else:
        Console(highlight=False).print(as_picture(found), soft_wrap=True)


def _bytes(gigabytes: float | None) -> int | None:
    if gigabytes is None:
        return None
    if not math.isfinite(gigabytes):
        raise BadOptionsError(f"--vram must be a number of gigabytes, not {gigabytes}.")
    return int(gigabytes * GB)
