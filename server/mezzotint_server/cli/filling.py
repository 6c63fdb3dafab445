"""Who fills holes for the command line: the model, in this very process.

A command asks ``infiller_from`` and gets what the context carries, so that a test can put a
scripted one there. Knows no tensors: the model's code is imported when a model is asked for.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias, cast

import typer

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO, require_known


class FillsNow(Protocol):
    """Fills a hole on the caller's own thread, loading the model first if it has to."""

    def fill_now(
        self,
        hole: Hole,
        options: InfillOptions = ...,
        *,
        on_draft: DraftListener | None = None,
        cancellation: Cancellation | None = None,
    ) -> Fill:
        """Raises :class:`~mezzotint_infill.errors.InfillError`."""
        ...


OpenInfiller: TypeAlias = Callable[[str, str], FillsNow]
"""From the names of a model and of its memory plan to what fills with it. Opening is cheap; the first fill loads."""


def local_infiller(model: str, plan: str) -> FillsNow:
    """The model in this process."""
    from mezzotint_infill.local import LocalInfiller

    return LocalInfiller(model, plan=plan)


def infiller_from(context: typer.Context, model: str, plan: str = AUTO) -> FillsNow:
    """What fills holes for this run of the program.

    Raises :class:`~mezzotint_infill.errors.BadOptionsError` for a plan that is none.
    """
    require_known(plan)
    return cast(OpenInfiller, context.obj)(model, plan)
