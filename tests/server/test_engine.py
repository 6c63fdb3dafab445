"""The engine as an editor sees it: coming up, failing, lost and found again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.hole import Hole, StopReason
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_server import engine as engine_module
from mezzotint_server.engine import Engine
from mezzotint_server.feedback import ENGINE_LOST, Feedback
from mezzotint_server.progress import WorkDoneProgress
from mezzotint_server.status import Standing, Status

STARTING, LOADING, READY, BUSY, FAILED = EngineStatus

ScriptedEngine = Callable[..., Any]
"""Makes a scripted client of an engine; its type lives in conftest.py."""


class RecordedProgress(WorkDoneProgress):
    """Progress that nobody shows."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(None, "")
        self._said = said

    def begin(self, message: str) -> None:
        self._said.append(f"begin: {message}")

    def report(self, message: str, share: float | None = None) -> None:
        self._said.append(f"{share}: {message}")

    def end(self, message: str) -> None:
        self._said.append(f"end: {message}")


class Watched:
    """An engine, and what its user sees of it."""

    def __init__(self, client: Any, idle_s: float) -> None:
        self.shown: list[str] = []
        self.progress: list[str] = []
        self.standings: list[Standing] = []
        self.engine = Engine(
            client,
            Feedback(lambda message: self.shown.append(message.message)),
            lambda: RecordedProgress(self.progress),
            idle_s,
            Status(self.standings.append),
        )

    @property
    def kinds(self) -> list[str]:
        """How things stood, one after the other."""
        return [standing.kind.value for standing in self.standings]

    async def come_up(self) -> None:
        self.engine.start()
        while not any(line.startswith("end:") for line in self.progress):  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0)


@pytest.fixture
async def watch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Watched]]:
    """Makes an engine that nobody has started yet."""
    monkeypatch.setattr(engine_module, "POLL_S", 0.0)
    made: list[Watched] = []

    def make(client: object, idle_s: float = 1800.0) -> Watched:
        made.append(Watched(client, idle_s))
        return made[-1]

    yield make
    for watched in made:
        watched.engine.leave()


Watch = Callable[..., Watched]


async def test_progress_follows_the_loading_and_requests_wait_for_nothing(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    watched = watch(scripted_engine(statuses=(STARTING, LOADING, READY)))
    watched.engine.start()
    assert not await watched.engine.is_up()
    await watched.come_up()
    assert await watched.engine.is_up()
    assert watched.progress == [
        "begin: Starting the engine; there are no suggestions yet.",
        "0.5: Loading the model scripted; there are no suggestions yet.",
        "end: Ready.",
    ]
    assert watched.shown == []
    assert watched.kinds == ["starting", "loading", "ready"]
    assert (watched.standings[-1].model, watched.standings[-1].device) == ("scripted", "cpu")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"statuses": (LOADING, FAILED)}, "The disk is on fire."),
        ({"start_problem": EngineUnavailableError("No room.")}, "No room."),
        ({"start_problem": ValueError("?")}, "something unexpected happened, which the log has."),
    ],
)
async def test_a_failure_is_told_once_and_the_engine_is_left_alone_for_a_while(
    watch: Watch, scripted_engine: ScriptedEngine, script: dict[str, Any], reason: str
) -> None:
    client = scripted_engine(**script)
    watched = watch(client)
    await watched.come_up()
    for _ in range(5):
        assert not await watched.engine.is_up()
        await asyncio.sleep(0)
    assert client.starts == 1
    assert watched.shown == [f"mezzotint has no suggestions: {reason}"]
    assert watched.progress[-1] == "end: No suggestions: the engine is not ready."
    assert watched.kinds[-1] == "unavailable"
    assert reason in watched.standings[-1].message


async def test_an_engine_that_ends_while_it_loads_is_started_once_more(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine(statuses=(LOADING, STARTING, LOADING, LOADING, READY))
    watched = watch(client)
    await watched.come_up()
    assert await watched.engine.is_up()
    assert watched.shown == []


async def test_an_engine_that_always_ends_while_it_loads_is_a_failure(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine(statuses=(LOADING, STARTING) * 9)
    watched = watch(client)
    await watched.come_up()
    assert client.starts == engine_module.MOST_LOSSES
    [shown] = watched.shown
    assert "ends while it loads the model" in shown


async def test_a_failed_engine_is_tried_again_later(
    watch: Watch, scripted_engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "RETRY_S", 0.0)
    client = scripted_engine(start_problem=EngineUnavailableError("No room."))
    watched = watch(client)
    await watched.come_up()
    client.start_problem = None
    assert not await watched.engine.is_up()
    while not await watched.engine.is_up():  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0)
    assert client.starts >= 2


async def test_a_lost_engine_is_waited_for_and_told_about_once(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    for _ in range(2):
        client.statuses = (STARTING, LOADING, READY)
        assert await watched.engine.is_up()
    assert client.starts == 3
    assert watched.shown == [ENGINE_LOST]
    assert watched.kinds == ["starting", "ready", "degraded", "ready", "degraded", "ready"]


async def test_a_lost_engine_that_does_not_come_back_is_a_failure(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    client.statuses = (STARTING,)
    client.start_problem = EngineUnavailableError("No room.")
    assert not await watched.engine.is_up()
    assert watched.shown == [ENGINE_LOST, "mezzotint has no suggestions: No room."]


async def test_an_engine_that_left_for_lack_of_work_is_fetched_back_without_a_word(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client, idle_s=0.0)
    await watched.come_up()
    client.statuses = (STARTING, READY)
    assert await watched.engine.is_up()
    assert client.starts == 2
    assert watched.shown == []


async def test_an_engine_that_was_well_a_moment_ago_is_not_asked_how_it_is(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    assert await watched.engine.is_up()
    questions = client.questions
    assert await watched.engine.is_up()
    assert client.questions == questions


async def test_one_that_was_well_a_moment_ago_and_died_is_noticed(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    await watched.engine.fill(Hole("", ""), InfillOptions())
    client.lives = False
    client.statuses = (STARTING, READY)
    assert await watched.engine.is_up()
    assert client.starts == 2
    assert watched.shown == [ENGINE_LOST]


async def test_after_a_failure_the_engine_is_asked_how_it_is(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    assert await watched.engine.is_up()
    client.problem = EngineUnavailableError("It died.")
    with pytest.raises(EngineUnavailableError):
        await watched.engine.fill(Hole("", ""), InfillOptions())
    client.statuses = (STARTING, READY)
    assert await watched.engine.is_up()
    assert client.starts == 2


async def test_a_busy_engine_is_up(watch: Watch, scripted_engine: ScriptedEngine) -> None:
    watched = watch(scripted_engine(statuses=(BUSY,)))
    await watched.come_up()
    assert await watched.engine.is_up()


async def test_a_failed_engine_is_tried_again_though_nobody_asks(
    watch: Watch, scripted_engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "RETRY_S", 0.001)
    client = scripted_engine(start_problem=EngineUnavailableError("No room."))
    watched = watch(client)
    await watched.come_up()
    client.start_problem = None
    while watched.kinds[-1] != "ready":  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0.001)


async def test_fills_that_run_out_of_time_again_and_again_are_told_until_one_does_not(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    client = scripted_engine(candidates=("1",), stopped_by=StopReason.DEADLINE)
    watched = watch(client)
    await watched.come_up()
    for _ in range(engine_module.LATE_FILLS):
        assert watched.kinds[-1] == "ready"
        await watched.engine.fill(Hole("", "", "python"), InfillOptions())
    assert watched.kinds[-1] == "degraded"
    assert "deadlineMs" in watched.standings[-1].message
    client.stopped_by = StopReason.SETTLED
    await watched.engine.fill(Hole("", "", "python"), InfillOptions())
    assert watched.kinds[-1] == "ready"


async def test_an_engine_that_was_left_has_nothing_to_say(
    watch: Watch, scripted_engine: ScriptedEngine
) -> None:
    watched = watch(scripted_engine(statuses=(STARTING,)))
    watched.engine.start()
    await asyncio.sleep(0)
    watched.engine.leave()
    await asyncio.sleep(0.01)
    assert watched.kinds == ["starting"]


async def test_leaving_lets_go_of_the_client(watch: Watch, scripted_engine: ScriptedEngine) -> None:
    client = scripted_engine()
    watched = watch(client)
    await watched.come_up()
    watched.engine.leave()
    while not client.is_closed:  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0)


def test_messages_have_a_type_that_editors_show() -> None:
    shown: list[types.ShowMessageParams] = []
    feedback = Feedback(shown.append)
    feedback.bad_settings(())
    assert shown == []
    feedback.bad_settings(("One.", "Two."))
    feedback.bad_settings(("One.", "Two."))
    feedback.engine_failed("Why.")
    assert [(it.type, it.message) for it in shown] == [
        (types.MessageType.Warning, "mezzotint: One. Two."),
        (types.MessageType.Error, "mezzotint has no suggestions: Why."),
    ]


async def test_an_engine_that_came_back_on_a_smaller_plan_is_degraded_and_says_why(
    watch: Watch, scripted_engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "FRESH_S", 0.0)
    client = scripted_engine(plan="w4-bf16")
    watched = watch(client)
    await watched.come_up()
    assert await watched.engine.is_up()
    assert (watched.kinds[-1], watched.standings[-1].plan) == ("ready", "w4-bf16")
    client.statuses = (LOADING, LOADING, READY)
    client.plan, client.complaint = "w4-fp8", "It runs under the plan w4-fp8 now."
    assert await watched.engine.is_up()
    assert watched.kinds[-2:] == ["loading", "degraded"]
    told = watched.standings[-1]
    assert (told.message, told.plan) == ("It runs under the plan w4-fp8 now.", "w4-fp8")
    assert watched.shown == []
    assert await watched.engine.is_up()
    assert watched.kinds[-1] == "degraded"
