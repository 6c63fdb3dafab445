"""The program: which commands there are, and what the user sees when one cannot do its work.

Typer takes the command line apart; every command has a file in ``cli``. Nothing heavy is imported
before a command needs it.
"""

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mezzotint_infill.errors import InfillError
from mezzotint_server.cli.bench import benchmarks
from mezzotint_server.cli.context import context
from mezzotint_server.cli.doctor import doctor
from mezzotint_server.cli.engine import engine
from mezzotint_server.cli.evaluate import evaluate
from mezzotint_server.cli.evaluate_rewrites import rewrites
from mezzotint_server.cli.fill import fill
from mezzotint_server.cli.filling import local_infiller
from mezzotint_server.cli.rewrite import rewrite
from mezzotint_server.cli.serve import serve
from mezzotint_server.cli.stats import stats
from mezzotint_server.cli.watch import watch

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


app = typer.Typer(
    name="mezzotint",
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(fill)
app.command()(rewrite)
app.command()(watch)
app.command()(context)
app.command()(serve)
app.command()(engine)
app.command()(stats)
app.command()(doctor)
evaluate.command(name="rewrite")(rewrites)
app.add_typer(evaluate)
app.add_typer(benchmarks)


def main() -> None:
    """The console script."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mezzotint {version('mezzotint')}")
        raise typer.Exit


@app.callback()
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
