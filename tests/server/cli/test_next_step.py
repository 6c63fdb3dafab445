"""What to do next, by what a diagnosis found on a machine with a card."""

from dataclasses import replace
from pathlib import Path

import pytest

from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_infill.memory.card import Card
from mezzotint_infill.memory.choice import least_cost, verdict
from mezzotint_infill.memory.cost import GB, Room
from mezzotint_infill.memory.plan import PLANS, MemoryPlan
from mezzotint_infill.memory.readiness import readiness
from mezzotint_infill.memory.recorded import NAME, recorded_shape
from mezzotint_infill.presence import Place, Presence
from mezzotint_server.cli.diagnosis import Diagnosis, PlanReport
from mezzotint_server.cli.next_step import next_step

CARD = Card("a card", "570", 48 * GB, 48 * GB, (8, 9), is_usable=True)
ABSENT = Presence(NAME, Place.NOWHERE, problem="It is not here.")
WHOLE = Presence(NAME, Place.HUB, Path("somewhere"))
RUNS = EngineState(EngineStatus.READY, NAME, "cuda:0")


def found(gigabytes: int, model: Presence = WHOLE) -> Diagnosis:
    free = gigabytes * GB
    card = replace(CARD, free=free)
    return Diagnosis(
        versions={"torch": "2.13.0+cpu"},
        card=card,
        free=free,
        is_told=False,
        room=Room(),
        models=(model,),
        no_plan=None,
        plans=tuple(_report(plan, card) for plan in PLANS),
        preferred=PLANS,
        engines=(),
        editors=(),
    )


def _report(plan: MemoryPlan, card: Card) -> PlanReport:
    cost = least_cost(recorded_shape(), plan, card.free)
    ready = readiness(plan, card, with_triton=True)
    return PlanReport(cost, cost.total <= card.free, verdict(cost, card.free), ready)


@pytest.mark.parametrize(
    ("diagnosis", "words"),
    [
        (found(18), f"Nothing is missing: try mezzotint watch path/to/file.py:12 --model {NAME}"),
        (found(18), "it runs w4-fp8."),
        (found(12), "it runs stream, 12 layers of it from the host's memory: not interactive."),
        (found(18, ABSENT), f"Get the model: mezzotint pull {NAME}."),
        (found(18, replace(WHOLE, problem="A file lacks.")), "mezzotint pull"),
        (found(18, replace(ABSENT, packed=("w4-fp8",))), "Nothing is missing"),
        (found(18, replace(ABSENT, packed=("bf16",))), "mezzotint pull"),
        (found(2), "No plan fits: close other programs"),
        (replace(found(2), engines=(RUNS,)), f"An engine has {NAME} already"),
        (replace(found(2), is_told=True), "No plan fits into so little memory"),
        (replace(found(18), card=None), "No CUDA card was found"),
        (replace(found(18), card=replace(CARD, is_usable=False)), "torch 2.13.0+cpu cannot"),
        (replace(found(18), no_plan="None."), "Nothing is missing"),
    ],
)
def test_one_sentence_says_what_to_do(diagnosis: Diagnosis, words: str) -> None:
    assert words in next_step(diagnosis)
    assert "\n" not in next_step(diagnosis)
