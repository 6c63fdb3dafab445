"""Filling holes through an engine: the same as in this process, whatever happens to the engine."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from mezzotint_infill.engine.launch import ensure_engine
from mezzotint_infill.errors import BadHoleError, EngineUnavailableError
from mezzotint_infill.hole import Draft, Fill, Hole, HoleKind
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.remote import EngineInfiller, HttpInfiller, NotTakenError
from mezzotint_infill.scripted import ScriptedInfiller

ANSWERS = {"return": " x\u2028 + '\0😀'\r\n"}
DRAFTS = ("a", "ab", "abc")
RETURN = Hole("é = '😀\0'\n    return", "\r\n", kind=HoleKind.REST_OF_LINE)
FOR_AN_HOUR = ("a",) * 36_000

Engines = Callable[[], list[psutil.Process]]
Model = Callable[..., str]


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[str], HttpInfiller]]:
    """Starts an engine for a model and connects to it."""
    opened: list[HttpInfiller] = []

    def open_(model: str) -> HttpInfiller:
        opened.append(HttpInfiller(ensure_engine(model)))
        return opened[-1]

    yield open_
    for infiller in opened:
        await infiller.aclose()


@pytest.fixture
async def through_engine(engine_folder: Path) -> AsyncIterator[Callable[[str], EngineInfiller]]:
    opened: list[EngineInfiller] = []

    def open_(model: str) -> EngineInfiller:
        opened.append(EngineInfiller(model))
        return opened[-1]

    yield open_
    for infiller in opened:
        await infiller.aclose()


Connect = Callable[[str], HttpInfiller]
Through = Callable[[str], EngineInfiller]


async def test_a_fill_over_the_wire_is_the_fill_itself(
    connect: Connect, scripted_model: Model
) -> None:
    infiller = connect(scripted_model(ANSWERS, DRAFTS))
    drafts: list[Draft] = []
    expected: list[Draft] = []
    fill = await infiller.fill(RETURN, InfillOptions(steps=3), on_draft=drafts.append)
    scripted = ScriptedInfiller(ANSWERS, DRAFTS)
    assert fill == await scripted.fill(RETURN, on_draft=expected.append)
    assert drafts == expected
    assert await infiller.state() == await scripted.state()


async def test_a_cancelled_fill_leaves_the_engine_to_others(
    connect: Connect, scripted_model: Model
) -> None:
    """The cancelled one had drafts for an hour, and so has the next: its first is proof enough."""
    infiller = connect(scripted_model(ANSWERS, FOR_AN_HOUR, step_s=0.1))
    for _ in range(2):
        filling, _ = await begun(infiller)
        filling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await filling


async def test_a_fill_whose_listener_fails_is_cancelled(
    connect: Connect, scripted_model: Model
) -> None:
    infiller = connect(scripted_model(ANSWERS, FOR_AN_HOUR, step_s=0.1))

    def fail(_: Draft) -> None:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await infiller.fill(RETURN, on_draft=fail)


async def test_a_socket_that_nobody_answers_on_is_a_sentence(engine_folder: Path) -> None:
    infiller = HttpInfiller(engine_folder / "none.sock")
    with pytest.raises(NotTakenError, match="No engine answers on the socket."):
        await infiller.fill(RETURN)
    with pytest.raises(NotTakenError):
        await infiller.state()
    await infiller.aclose()


async def test_an_engine_that_dies_in_the_middle_is_a_sentence(
    connect: Connect, scripted_model: Model, running_engines: Engines
) -> None:
    infiller = connect(scripted_model(ANSWERS, FOR_AN_HOUR, step_s=0.1))
    filling, _ = await begun(infiller)
    kill(running_engines)
    with pytest.raises(EngineUnavailableError, match="died before it had answered") as raised:
        await filling
    assert not isinstance(raised.value, NotTakenError)


async def test_nobody_who_types_hears_of_an_engine_that_cannot_read_ahead(
    connect: Connect, scripted_model: Model, through_engine: Through, running_engines: Engines
) -> None:
    model = scripted_model(ANSWERS)
    await through_engine(model).read_ahead(RETURN)
    assert running_engines() == []
    infiller = connect(model)
    await infiller.read_ahead(Hole("\ud800", ""))
    kill(running_engines)
    await infiller.read_ahead(RETURN)


async def test_a_fill_behind_what_was_read_ahead_is_the_same(
    connect: Connect, tiny_checkpoint: Path
) -> None:
    model, options = str(tiny_checkpoint), InfillOptions(length=3, steps=2)
    infiller = connect(model)
    async with asyncio.timeout(120):
        while (await infiller.state()).status is not EngineStatus.READY:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0.01)
    await infiller.read_ahead(RETURN)
    fill = await infiller.fill(RETURN, options)
    alone = LocalInfiller(model).fill_now(RETURN, options)
    assert fill == replace(alone, ms=fill.ms)


async def test_text_that_no_file_can_hold_is_refused(
    connect: Connect, scripted_model: Model
) -> None:
    infiller = connect(scripted_model(ANSWERS))
    with pytest.raises(BadHoleError, match="half of a surrogate pair"):
        await infiller.fill(Hole("\ud800", ""))


async def test_a_proxy_is_not_asked_for_the_local_socket(
    connect: Connect, scripted_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    infiller = connect(scripted_model(ANSWERS))
    assert (await infiller.fill(RETURN)).text == ANSWERS["return"]


async def test_asking_for_the_state_starts_nothing(
    through_engine: Through, scripted_model: Model, running_engines: Engines
) -> None:
    infiller = through_engine(scripted_model(ANSWERS))
    assert (await infiller.state()).status is EngineStatus.STARTING
    assert running_engines() == []
    await infiller.start()
    assert (await infiller.state()).status is EngineStatus.READY


async def test_the_first_fills_start_one_engine_between_them(
    through_engine: Through, scripted_model: Model, running_engines: Engines
) -> None:
    model = scripted_model(ANSWERS)
    infillers = [through_engine(model), through_engine(model)]
    fills = await asyncio.gather(*(infiller.fill(RETURN) for infiller in infillers * 2))
    assert [fill.text for fill in fills] == [ANSWERS["return"]] * 4
    assert len(running_engines()) == 1


async def test_the_next_fill_works_after_the_engine_was_killed(
    through_engine: Through, scripted_model: Model, running_engines: Engines
) -> None:
    infiller = through_engine(scripted_model(ANSWERS))
    await infiller.fill(RETURN)
    kill(running_engines)
    assert (await infiller.state()).status is EngineStatus.STARTING
    assert (await infiller.fill(RETURN)).text == ANSWERS["return"]
    assert len(running_engines()) == 1


async def test_an_engine_that_dies_in_the_middle_is_not_asked_the_same_again(
    through_engine: Through, scripted_model: Model, running_engines: Engines
) -> None:
    """What killed one engine would kill the next."""
    infiller = through_engine(scripted_model(ANSWERS, FOR_AN_HOUR, step_s=0.1))
    filling, _ = await begun(infiller)
    kill(running_engines)
    with pytest.raises(EngineUnavailableError):
        await filling
    assert running_engines() == []
    again, _ = await begun(infiller)
    again.cancel()


async def test_an_engine_that_was_stopped_in_the_middle_is_replaced(
    through_engine: Through, scripted_model: Model, running_engines: Engines
) -> None:
    infiller = through_engine(scripted_model(ANSWERS, FOR_AN_HOUR, step_s=0.1))
    await infiller.start()
    filling, _ = await begun(infiller)
    scripted_model(ANSWERS)  # the next engine will be quick
    (engine,) = running_engines()
    os.kill(engine.pid, signal.SIGTERM)
    assert (await filling).text == ANSWERS["return"]
    assert running_engines() != [engine]


async def test_an_engine_that_cannot_start_is_tried_once(
    through_engine: Through, tmp_path: Path, running_engines: Engines
) -> None:
    infiller = through_engine(f"scripted:{tmp_path / 'none.json'}")
    with pytest.raises(EngineUnavailableError, match="did not start: The script"):
        await infiller.fill(RETURN)
    assert running_engines() == []


async def begun(
    infiller: HttpInfiller | EngineInfiller,
) -> tuple[asyncio.Task[Fill], Draft]:
    """A fill that has shown its first draft."""
    first: asyncio.Future[Draft] = asyncio.get_running_loop().create_future()

    def hear(draft: Draft) -> None:
        if not first.done():
            first.set_result(draft)

    filling: asyncio.Task[Fill] = asyncio.create_task(infiller.fill(RETURN, on_draft=hear))
    return filling, await first


def kill(running_engines: Engines) -> None:
    (engine,) = running_engines()
    engine.kill()
    engine.wait(120)
