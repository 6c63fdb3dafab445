"""The program: which commands there are, and what the user sees when one cannot do its work.

Typer takes the command line apart; every command has a file in ``cli``. Nothing heavy is imported
before a command needs it.
"""

import sys
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mezzotint_infill.errors import InfillError
from mezzotint_infill.garbage import making_what_stays
from mezzotint_infill.version import VERSION
from mezzotint_server.cli.filling import local_infiller

USAGE_ERROR = 2

_COMMANDS = MappingProxyType(
    {
        "fill": "fill",
        "rewrite": "rewrite",
        "watch": "watch",
        "context": "context",
        "serve": "serve",
        "engine": "engine",
        "pull": "pull",
        "stats": "stats",
        "doctor": "doctor",
        "eval": "evaluate",
        "bench": "bench",
    }
)
"""The commands and their files, in which each has the name of its file."""


class Commands(TyperGroup):
    """Says what went wrong in one sentence on standard error."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a failure that has a sentence for the user ends with exit code 2."""
        try:
            return super().invoke(ctx)
        except InfillError as error:
            typer.echo(f"mezzotint: {error}", err=True)
            raise typer.Exit(USAGE_ERROR) from error


def program(asked: str = "") -> typer.Typer:
    """All commands, or the one that is asked for, if it is one.

    To import the others takes a fifth of a second, which editors would wait for at their start.
    """
    app = typer.Typer(
        name="mezzotint",
        cls=Commands,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(start)
    for name in [asked] if asked in _COMMANDS else _COMMANDS:
        file = _COMMANDS[name]
        command = getattr(import_module(f"mezzotint_server.cli.{file}"), file)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command()(command)
    return app


def main() -> None:
    """The console script."""
    with making_what_stays():
        app = program(*sys.argv[1:2])
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mezzotint {VERSION}")
        raise typer.Exit


def start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
) -> None:
    """Fill the middle of a source file: it starts as noise and is denoised into code."""
    context.obj = context.obj or local_infiller


if __name__ == "__main__":
    main()
