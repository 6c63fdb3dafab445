"""Which memory plan a model is run with: the first that fits, or the one asked for, or none.

The context stays as it was asked for. A shorter one would make room for next to nothing (2,048
tokens instead of 8,192 free 0.13 GB of the 26B's card, and the plans are 0.7 GB and more apart),
and the model would see less of every file, without a word. Nor is a streamed plan's context cut: a
streamed layer frees 0.46 GB.

A model on a CPU, and one that is small, has no plan: its weights stay as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mezzotint_infill.embedded import EMBEDDED
from mezzotint_infill.errors import DoesNotFitError
from mezzotint_infill.memory.cost import Cost, Room, cost_of, in_gb
from mezzotint_infill.memory.plan import PLANS, MemoryPlan
from mezzotint_infill.memory.shape import ModelShape

WHAT_NOW = "Close other programs that use the card, or take the embedded model."


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan that fits."""

    cost: Cost
    free: int
    lines: tuple[str, ...]
    """The arithmetic of every plan that was looked at, the chosen one last."""

    @property
    def plan(self) -> MemoryPlan:
        return self.cost.plan


def why_no_plan(model: str, device: str) -> str | None:
    """A sentence if a model needs no plan on a device (``cpu``, ``cuda:0``); else nothing."""
    if model == EMBEDDED:
        return (
            "The embedded model needs no plan: it is small, and its weights are kept as they are."
        )
    if device.partition(":")[0] != "cuda":
        return f"On {device} there is no plan to choose: the weights are kept as they are."
    return None


def choose_plan(
    shape: ModelShape, free: int, room: Room | None = None, plans: Iterable[MemoryPlan] = PLANS
) -> Choice:
    """The first plan that fits into so many free bytes of the card.

    Raises :class:`DoesNotFitError` with the arithmetic if none does.
    """
    lines: list[str] = []
    cost = None
    for plan in plans:
        cost = least_cost(shape, plan, free, room)
        lines.append(verdict(cost, free))
        if cost.total <= free:
            return Choice(cost, free, tuple(lines))
    if cost is None:
        raise ValueError("There are no plans to choose from.")
    raise DoesNotFitError(
        f"No memory plan fits; the last that was tried is {verdict(cost, free)}. {WHAT_NOW}"
    )


def require_plan(
    shape: ModelShape, plan: MemoryPlan, free: int, room: Room | None = None
) -> Choice:
    """A plan that somebody asked for. Raises :class:`DoesNotFitError` with the arithmetic."""
    cost = least_cost(shape, plan, free, room)
    if cost.total <= free:
        return Choice(cost, free, (verdict(cost, free),))
    raise DoesNotFitError(f"The plan {plan.name} does not fit: {verdict(cost, free)}. {WHAT_NOW}")


def least_cost(shape: ModelShape, plan: MemoryPlan, free: int, room: Room | None = None) -> Cost:
    """A plan's cost; of a streamed plan, with as few layers streamed as fit, or with all."""
    cost = cost_of(shape, plan, room)
    if not plan.is_streamed:
        return cost
    for layers in range(1, len(shape.order) + 1):
        if cost.total <= free:
            break
        cost = cost_of(shape, plan, room, layers)
    return cost


def verdict(cost: Cost, free: int) -> str:
    """The arithmetic, and what of it is left or lacking, in one line."""
    lacking = cost.total - free
    end = f"{in_gb(lacking)} GB too much" if lacking > 0 else "fits"
    return f"{cost.arithmetic()} of {in_gb(free)} GB free: {end}"
