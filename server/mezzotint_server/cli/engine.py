"""``mezzotint engine``: the process that holds the model, in the foreground.

Editors start one by themselves; this is for watching it and for a model of one's own choice.
"""

from pathlib import Path
from typing import Annotated

import typer

from mezzotint_server.cli import arguments as told


def engine(
    model: told.ModelOption = told.EMBEDDED,
    device: told.DeviceOption = None,
    plan: told.PlanOption = told.AUTO,
    idle_minutes: told.IdleOption = told.IDLE_MINUTES,
    socket: Annotated[
        Path | None, typer.Option(help="Answer here instead of where editors look.")
    ] = None,
) -> None:
    """Hold a model and fill holes for every editor of this user."""
    from mezzotint_infill.engine.process import serve_engine

    serve_engine(model, device, idle_minutes * 60.0, socket, plan=plan)
