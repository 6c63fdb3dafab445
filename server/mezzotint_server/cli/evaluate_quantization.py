"""``mezzotint eval quantization``: what fewer bits cost, module by module. Prints."""

import json
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from mezzotint_server.cli import arguments as told


def quantization(seed: told.SeedOption = 0, as_data: told.JsonOption = False) -> None:
    """Errors of the 26B's matrices in each format, on random weights with outliers.

    No model is needed. What a plan costs a model's fills, eval holes --plan tells.
    """
    from mezzotint_infill.evaluation.quantization import quantization_errors

    errors = quantization_errors(seed)
    if as_data:
        typer.echo(json.dumps({"seed": seed, "modules": [asdict(error) for error in errors]}))
        return
    table = Table("module", "inputs", "format", "weights, %", "outputs, %")
    for error in errors:
        table.add_row(
            error.module,
            str(error.inputs),
            error.format,
            f"{100 * error.weight:.2f}",
            f"{100 * error.output:.2f}",
        )
    Console().print(table)
