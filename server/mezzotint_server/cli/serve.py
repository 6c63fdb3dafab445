"""``mezzotint serve``: the language server. Editors start it; it speaks on standard output."""

from typing import Annotated

import typer

from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.garbage import making_what_stays
from mezzotint_infill.plans import require_known
from mezzotint_server.cli import arguments as told


def serve(
    model: told.ModelOption = told.EMBEDDED,
    device: told.DeviceOption = None,
    plan: told.PlanOption = told.AUTO,
    idle_minutes: told.IdleOption = told.IDLE_MINUTES,
    tcp: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Listen there instead, for any number of editors."),
    ] = None,
    ws: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The same over web sockets.")
    ] = None,
    _stdio: Annotated[
        bool,
        typer.Option(
            "--stdio", help="Standard input and output, which is the default.", hidden=True
        ),
    ] = False,
) -> None:
    """Serve an editor over standard input and output (LSP)."""
    with making_what_stays():
        from mezzotint_server.serve import address, serve_stdio, serve_tcp, serve_ws
        from mezzotint_server.settings import Settings

    require_known(plan)
    settings = Settings(model=model, device=device, plan=plan, idle_s=idle_minutes * 60.0)
    if tcp is not None and ws is not None:
        raise BadOptionsError("Give either --tcp or --ws, not both.")
    if tcp is not None:
        serve_tcp(settings, address(tcp))
    elif ws is not None:
        serve_ws(settings, address(ws))
    else:
        raise typer.Exit(serve_stdio(settings))
