"""What several commands are told on the command line, said once for all.

Knows Typer's declarations; what a value means is the engine's to say.
"""

from pathlib import Path
from typing import Annotated

import typer

from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO, NAMES

EMBEDDED = "embedded"

PlaceArgument = Annotated[
    str,
    typer.Argument(
        metavar="PATH:LINE[:COLUMN]",
        help="Where the hole is, counted from 1; no column means the end of the line. "
        "- reads text with the hole marked ‸ from standard input.",
        show_default=False,
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(metavar="LINE:COLUMN", help="Replace what is between the place and here."),
]
LengthOption = Annotated[
    str, typer.Option(metavar="N|auto", help="Tokens in the hole; auto tries several.")
]
CandidatesOption = Annotated[int, typer.Option(help="How many different fills to show at most.")]
LookupsOption = Annotated[
    int, typer.Option(help="How many copies of the file's own code are judged with the fills.")
]
SeedOption = Annotated[int, typer.Option(help="Another seed, another noise.")]
StepsOption = Annotated[
    int | None, typer.Option(help="The most denoising steps; the model knows a good number.")
]
DeadlineOption = Annotated[
    float | None,
    typer.Option(metavar="MS", help="Take the best draft after so many milliseconds."),
]
ModelOption = Annotated[
    str, typer.Option(metavar="NAME_OR_PATH", help="A checkpoint: on the Hub or in a folder.")
]
DeviceOption = Annotated[
    str | None, typer.Option(help="Such as cpu or cuda:0; the best there is unless set.")
]
PlanOption = Annotated[
    str,
    typer.Option(
        metavar="|".join(NAMES), help="How the model lies in memory; as it fits, unless set."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]
SourcesOption = Annotated[
    Path,
    typer.Option(
        "--from",
        metavar="DIR",
        exists=True,
        file_okay=False,
        show_default=False,
        help="Python files to take places from; mezzotint's own server unless given.",
    ),
]
OWN_SOURCES = Path(__file__).parents[1]
IdleOption = Annotated[
    float, typer.Option(min=0.01, help="The engine leaves when nobody has asked for so long.")
]
IDLE_MINUTES = 30.0
LOOKUPS = InfillOptions().lookups


def options_from(
    length: str,
    candidates: int,
    seed: int,
    steps: int | None,
    deadline: float | None,
    lookups: int = LOOKUPS,
) -> InfillOptions:
    """Raises :class:`BadOptionsError`."""
    return InfillOptions(
        length=_length(length),
        candidates=candidates,
        seed=seed,
        steps=steps,
        deadline_ms=deadline,
        lookups=lookups,
    )


def _length(text: str) -> int | None:
    if text == AUTO:
        return None
    try:
        return int(text)
    except ValueError:
        raise BadOptionsError(f"length must be a number or auto, not {text}.") from None
