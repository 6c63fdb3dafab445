"""The program: which commands there are, and what the user sees when one cannot do its work.

Typer takes the command line apart; every command has a file in ``cli``. Nothing heavy is imported
before a command needs it.
"""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mezzotint_infill.errors import InfillError
from mezzotint_infill.garbage import making_what_stays
from mezzotint_infill.version import VERSION
from mezzotint_server.cli.filling import local_infiller
from mezzotint_server.cli.serve import serve

USAGE_ERROR = 2


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
    """All commands, or ``serve`` alone if that is what is asked for.

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
    if asked == "serve":
        app.command()(serve)
    else:
        _add_all(app)
    return app


def _add_all(app: typer.Typer) -> None:
    from mezzotint_server.cli.bench import bench
    from mezzotint_server.cli.context import context
    from mezzotint_server.cli.doctor import doctor
    from mezzotint_server.cli.engine import engine
    from mezzotint_server.cli.evaluate import evaluate
    from mezzotint_server.cli.fill import fill
    from mezzotint_server.cli.pull import pull
    from mezzotint_server.cli.rewrite import rewrite
    from mezzotint_server.cli.stats import stats
    from mezzotint_server.cli.watch import watch

    for command in (fill, rewrite, watch, context, serve, engine, pull, stats, doctor):
        app.command()(command)
    for group in (evaluate, bench):
        app.add_typer(group)


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
