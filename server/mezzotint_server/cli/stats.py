"""``mezzotint stats``: what became of the suggestions on this machine. Reads, prints, sends nothing."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_server.cli import arguments as told
from mezzotint_server.suggestions.tally import Counts, read_counts, tally_path

NOTHING_YET = "No suggestion has been shown yet."


def stats(as_data: told.JsonOption = False) -> None:
    """Show how many suggestions were shown and accepted. The counts never leave this machine."""
    counts = read_counts()
    if as_data:
        typer.echo(json.dumps({"languages": [asdict(each) for each in counts]}))
    elif counts:
        _print(counts)
    else:
        typer.echo(NOTHING_YET)


def _print(counts: Iterable[Counts]) -> None:
    table = Table("language", "shown", "accepted", "", "rejected", "characters accepted")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in counts:
        share = f"{each.accepted / each.shown:.0%}" if each.shown else ""
        numbers = (each.shown, each.accepted, share, each.rejected, each.characters)
        table.add_row(each.language, *map(str, numbers))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Kept in {tally_path()}, and nowhere else.", style="dim", soft_wrap=True)
