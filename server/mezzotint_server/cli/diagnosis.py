"""Everything that ``mezzotint doctor`` finds out, as values. Starts nothing and changes nothing."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from mezzotint_infill.embedded import EMBEDDED
from mezzotint_infill.engine.running import running_engines
from mezzotint_infill.errors import DamagedModelError, EngineUnavailableError
from mezzotint_infill.infiller import EngineState
from mezzotint_infill.memory.card import Card, present_card
from mezzotint_infill.memory.choice import least_cost, verdict, why_no_plan
from mezzotint_infill.memory.cost import Cost, Room, cost_of
from mezzotint_infill.memory.plan import PLANS, MemoryPlan
from mezzotint_infill.memory.readiness import Readiness, has_triton, readiness
from mezzotint_infill.memory.recorded import recorded_shape, shape_of
from mezzotint_infill.memory.shape import ModelShape
from mezzotint_infill.presence import Presence, look_for
from mezzotint_server.cli.editors import Editor, find_editors

PACKAGES = ("mezzotint", "torch", "transformers", "triton")


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What one memory plan would be here."""

    cost: Cost
    fits: bool | None
    """Nothing if there is no memory to hold it against."""
    verdict: str
    """The arithmetic in one line."""
    ready: Readiness

    @property
    def plan(self) -> MemoryPlan:
        return self.cost.plan


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How things stand on this machine."""

    versions: Mapping[str, str | None]
    card: Card | None
    free: int | None
    """Bytes that plans were held against: the card's, or those that were told."""
    is_told: bool
    """Whether somebody asked about another card than the present one."""
    room: Room
    models: tuple[Presence, ...]
    """The one that ships, and the one that was asked about."""
    no_plan: str | None
    """Why no memory plan is needed, if so."""
    plans: tuple[PlanReport, ...]
    preferred: tuple[MemoryPlan, ...]
    """All, in the order in which they are tried."""
    engines: tuple[EngineState, ...]
    editors: tuple[Editor, ...]

    @property
    def chosen(self) -> PlanReport | None:
        """The plan that would be chosen."""
        fitting = {report.plan: report for report in self.plans if report.fits}
        return next((fitting[plan] for plan in self.preferred if plan in fitting), None)

    @property
    def model(self) -> Presence:
        """What was asked about."""
        return self.models[-1]


def diagnose(model: str, told_free: int | None, context: int) -> Diagnosis:
    """Look at everything. ``told_free`` are bytes of a card that need not be there."""
    # It looks at checkpoints, and that takes torch.
    from mezzotint_infill.memory.here import preferred_plans

    card = present_card()
    free = told_free if told_free is not None else card.free if card else None
    room = Room(context)
    presence = look_for(model)
    no_plan = why_no_plan(model, "cuda")
    plans: tuple[PlanReport, ...] = ()
    if no_plan is None:
        shape, problem = _sizes(presence)
        presence = replace(presence, problem=problem or presence.problem)
        plans = _plans(shape, free, room, card)
    return Diagnosis(
        versions={"python": platform.python_version(), **{it: _version(it) for it in PACKAGES}},
        card=card,
        free=free,
        is_told=told_free is not None,
        room=room,
        models=(presence,) if model == EMBEDDED else (look_for(EMBEDDED), presence),
        no_plan=no_plan,
        plans=plans,
        preferred=preferred_plans(model) if told_free is None else PLANS,
        engines=_engines(),
        editors=tuple(find_editors()),
    )


def _plans(
    shape: ModelShape, free: int | None, room: Room, card: Card | None
) -> tuple[PlanReport, ...]:
    with_triton = has_triton()
    reports: list[PlanReport] = []
    for plan in PLANS:
        ready = readiness(plan, card, with_triton=with_triton)
        if free is None:
            cost = cost_of(shape, plan, room)
            reports.append(PlanReport(cost, None, cost.arithmetic(), ready))
        else:
            cost = least_cost(shape, plan, free, room)
            reports.append(PlanReport(cost, cost.total <= free, verdict(cost, free), ready))
    return tuple(reports)


def _sizes(presence: Presence) -> tuple[ModelShape, str]:
    """The model's own sizes if it is here, or else those of the published model.

    A sentence comes along if its own cannot be counted.
    """
    from mezzotint_infill.memory.here import config_folder

    try:
        return shape_of(presence.model, presence.folder or config_folder(presence.model)), ""
    except DamagedModelError as error:
        return recorded_shape(), str(error)


def _engines() -> tuple[EngineState, ...]:
    try:
        return tuple(running_engines())
    except EngineUnavailableError:
        return ()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
