"""Which memory plan holds, by the name that somebody asked for it with.

Knows names and no tensors, so that whoever reads a command line can say at once what is wrong.
"""

from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.memory.plan import PLANS, MemoryPlan

AUTO = "auto"
NAMES = (AUTO, *(plan.name for plan in PLANS))


def require_known(name: str) -> None:
    """Raises :class:`BadOptionsError` for what is neither ``auto`` nor a plan's name."""
    if name not in NAMES:
        raise BadOptionsError(f"The plan must be one of {', '.join(NAMES)}, not {name}.")


def plan_named(name: str) -> MemoryPlan | None:
    """The plan of that name; ``None`` for ``auto``. Raises :class:`BadOptionsError`."""
    require_known(name)
    return next((plan for plan in PLANS if plan.name == name), None)


def next_smaller(plan: MemoryPlan | None) -> MemoryPlan | None:
    """What takes less memory than a plan, or than exact weights; ``None`` if nothing does."""
    smaller = 1 if plan is None else PLANS.index(plan) + 1
    return PLANS[smaller] if smaller < len(PLANS) else None
