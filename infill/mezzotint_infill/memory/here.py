"""The plan that a model gets on this machine: by the card that is there, and what is free of it.

To be asked before anything is put on the card: what a model takes up itself is not free any more.
"""

from mezzotint_infill.checkpoint import find_checkpoint
from mezzotint_infill.errors import ModelError
from mezzotint_infill.memory.card import present_card
from mezzotint_infill.memory.choice import choose_plan, require_plan, why_no_plan
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.memory.recorded import shape_of
from mezzotint_infill.memory.shape import ModelShape
from mezzotint_infill.plans import plan_named


def plan_here(asked: str, model: str, device: str) -> MemoryPlan | None:
    """The plan that was asked for by its name, or for ``auto`` the first that fits.

    ``None`` stands for exact weights, as the checkpoint has them. On a CPU any plan will do: there
    it is tried out, and takes what memory it takes.

    Raises :class:`~mezzotint_infill.errors.BadOptionsError`, and
    :class:`~mezzotint_infill.errors.DoesNotFitError` with the arithmetic.
    """
    named = plan_named(asked)
    if why_no_plan(model, device) is not None:
        return named
    card = present_card(device)
    if card is None:
        return named
    shape = _shape(model)
    return (require_plan(shape, named, card.free) if named else choose_plan(shape, card.free)).plan


def _shape(model: str) -> ModelShape:
    """By its own config, if its checkpoint is here; whoever has the packed file needs it no more."""
    try:
        return shape_of(model, find_checkpoint(model))
    except ModelError:
        return shape_of(model, None)
