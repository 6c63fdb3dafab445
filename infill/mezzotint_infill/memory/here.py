"""The plan that a model gets on this machine: by the card that is there, and what is free of it.

To be asked before anything is put on the card: what a model takes up itself is not free any more.
"""

from pathlib import Path

from mezzotint_infill.checkpoint import find_checkpoint
from mezzotint_infill.errors import ModelError
from mezzotint_infill.memory.card import present_card
from mezzotint_infill.memory.choice import choose_plan, require_plan, why_no_plan
from mezzotint_infill.memory.plan import PLANS, MemoryPlan
from mezzotint_infill.memory.recorded import shape_of
from mezzotint_infill.packed.store import find_packed, packed_folder
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
    shape = shape_of(model, config_folder(model))
    if named:
        return require_plan(shape, named, card.free).plan
    return choose_plan(shape, card.free, plans=preferred_plans(model)).plan


def preferred_plans(model: str) -> tuple[MemoryPlan, ...]:
    """From the most faithful on; but first what it is packed for, if its checkpoint is not here.

    Any other would have to be read from the checkpoint, which had to be fetched again.
    """
    packed = () if _checkpoint(model) else _packed_for(model)
    return (*packed, *(plan for plan in PLANS if plan not in packed))


def config_folder(model: str) -> Path | None:
    """Where a model's own config is: whoever has a packed file needs the checkpoint no more."""
    folders = (packed_folder(model, plan) for plan in _packed_for(model))
    return _checkpoint(model) or next(folders, None)


def _checkpoint(model: str) -> Path | None:
    try:
        return find_checkpoint(model)
    except ModelError:
        return None


def _packed_for(model: str) -> tuple[MemoryPlan, ...]:
    return tuple(plan for plan in PLANS if find_packed(model, plan))
