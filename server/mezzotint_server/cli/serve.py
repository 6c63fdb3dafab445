"""``mezzotint serve``: the language server. Editors start it; it speaks on standard output."""

import typer

from mezzotint_server.cli import arguments as told


def serve(
    model: told.ModelOption = told.EMBEDDED,
    device: told.DeviceOption = None,
    idle_minutes: told.IdleOption = told.IDLE_MINUTES,
) -> None:
    """Serve an editor over standard input and output (LSP)."""
    from mezzotint_server.serve import serve_stdio
    from mezzotint_server.settings import Settings

    settings = Settings(model=model, device=device, idle_s=idle_minutes * 60.0)
    raise typer.Exit(serve_stdio(settings))
