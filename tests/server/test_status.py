"""What an editor is told of how things stand, and when."""

import pytest

from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_server.status import Kind, Standing, Status

STATE = EngineState(EngineStatus.READY, "m", device="cuda:0", plan="w4-fp8")


class Told:
    """A status, and what was told of it."""

    def __init__(self) -> None:
        self.standings: list[Standing] = []
        self.status = Status(self.standings.append)

    @property
    def kinds(self) -> list[str]:
        return [standing.kind.value for standing in self.standings]


def test_it_is_told_on_change_only() -> None:
    told = Told()
    for _ in range(3):
        told.status.engine_is(Kind.LOADING, "Loading.", STATE)
    told.status.engine_is(Kind.READY, "Ready.")
    told.status.turn_off("")
    assert told.kinds == ["loading", "ready"]
    assert told.standings[-1] == Standing(
        Kind.READY, "Ready.", model="m", device="cuda:0", plan="w4-fp8"
    )


def test_it_is_busy_while_one_fill_or_several_are_under_way() -> None:
    told = Told()
    told.status.engine_is(Kind.READY, "Ready.")
    with told.status.filling(), told.status.filling():
        assert told.kinds == ["ready", "busy"]
    assert told.kinds == ["ready", "busy", "ready"]


def test_a_fill_that_fails_leaves_it_ready() -> None:
    told = Told()
    told.status.engine_is(Kind.READY, "Ready.")
    with pytest.raises(ValueError, match="x"), told.status.filling():
        raise ValueError("x")
    assert told.kinds[-1] == "ready"


def test_what_is_degraded_stays_so_while_it_is_busy() -> None:
    told = Told()
    told.status.engine_is(Kind.DEGRADED, "Slow.")
    with told.status.filling():
        assert [(it.kind, it.is_busy) for it in told.standings] == [
            (Kind.DEGRADED, False),
            (Kind.DEGRADED, True),
        ]


def test_who_turns_it_off_is_told_that_and_then_what_became_of_the_engine() -> None:
    told = Told()
    told.status.turn_off("Off.")
    told.status.engine_is(Kind.LOADING, "Loading.", STATE)
    told.status.engine_is(Kind.READY, "Ready.")
    told.status.turn_off("")
    assert told.kinds == ["unavailable", "unavailable", "ready"]


@pytest.mark.parametrize(
    ("kind", "is_off", "copilot", "busy"),
    [
        (Kind.STARTING, False, "Normal", True),
        (Kind.LOADING, False, "Normal", True),
        (Kind.READY, False, "Normal", False),
        (Kind.DEGRADED, False, "Warning", False),
        (Kind.UNAVAILABLE, False, "Error", False),
        (Kind.READY, True, "Inactive", False),
    ],
)
def test_both_shapes_say_the_same(kind: Kind, is_off: bool, copilot: str, busy: bool) -> None:
    told = Told()
    told.status.turn_off("Words." if is_off else "")
    told.status.engine_is(kind, "Words.", STATE)
    standing = told.standings[-1]
    assert standing.copilot == {"kind": copilot, "message": "Words.", "busy": busy}
    own = "unavailable" if is_off else kind.value
    known = {"model": "m", "plan": "w4-fp8", "device": "cuda:0"}
    assert standing.wire == {"kind": own, "message": "Words.", "busy": busy, **known}
