"""What is read ahead gives way: to fills, to what is newer, and to nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.remote import HttpInfiller
from mezzotint_infill.scripted import ScriptedInfiller
from mezzotint_infill.wire import FillRequest

Serve = Callable[[FillQueue], Awaitable[Path]]

OPTIONS = InfillOptions()
TYPED = Hole("x = ", "\n")


@dataclass
class Held:
    """Fills and reads when it is told to; records what happens."""

    may_fill: asyncio.Event = field(default_factory=asyncio.Event)
    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    happened: list[str] = field(default_factory=list[str])

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        await self._do(f"fill {hole.prefix}", self.may_fill)
        return await ScriptedInfiller({}).fill(hole, options, on_draft=on_draft)

    async def read_ahead(self, hole: Hole) -> None:
        await self._do(f"read {hole.prefix}", self.may_read)

    async def state(self) -> EngineState:
        return EngineState(EngineStatus.READY, "held")

    async def _do(self, what: str, may_go: asyncio.Event) -> None:
        self.happened.append(f"{what} begins")
        try:
            await may_go.wait()
        except asyncio.CancelledError:
            self.happened.append(f"{what} is cut off")
            raise
        self.happened.append(f"{what} ends")


class Failing(Held):
    async def read_ahead(self, hole: Hole) -> None:
        raise ZeroDivisionError(hole.prefix)


async def test_a_fill_cuts_off_what_is_read_ahead() -> None:
    held = Held()
    fills = FillQueue(held)
    reading = asyncio.create_task(fills.read_ahead(Hole("a", "")))
    await settled()
    filling = asyncio.create_task(filled(fills, Hole("ab", "")))
    await settled()
    assert held.happened == ["read a begins", "read a is cut off", "fill ab begins"]
    await reading
    held.may_fill.set()
    assert isinstance(await filling, Fill)


async def test_what_comes_while_a_hole_is_filled_is_read_behind_it() -> None:
    held = Held()
    fills = FillQueue(held)
    filling = asyncio.create_task(filled(fills, Hole("a", "")))
    await settled()
    readings = [asyncio.create_task(fills.read_ahead(Hole(name, ""))) for name in ("ab", "abc")]
    await settled()
    assert held.happened == ["fill a begins"]
    held.may_fill.set()
    held.may_read.set()
    await asyncio.gather(filling, *readings)
    assert held.happened == ["fill a begins", "fill a ends", "read abc begins", "read abc ends"]


async def test_a_fill_that_comes_later_goes_before_what_waits_to_be_read() -> None:
    held = Held()
    fills = FillQueue(held)
    first = asyncio.create_task(filled(fills, Hole("a", "")))
    await settled()
    reading = asyncio.create_task(fills.read_ahead(Hole("ab", "")))
    await settled()
    second = asyncio.create_task(filled(fills, Hole("abc", "")))
    await settled()
    held.may_fill.set()
    await asyncio.gather(first, reading, second)
    assert [each for each in held.happened if "read" in each] == []


async def test_the_newest_is_read() -> None:
    held = Held()
    fills = FillQueue(held)
    readings = [asyncio.create_task(fills.read_ahead(Hole("a", "")))]
    await settled()
    readings.append(asyncio.create_task(fills.read_ahead(Hole("ab", ""))))
    await settled()
    held.may_read.set()
    await asyncio.gather(*readings)
    assert held.happened == ["read a begins", "read a is cut off", "read ab begins", "read ab ends"]


async def test_an_engine_that_reads_ahead_is_not_busy_and_is_used() -> None:
    held = Held()
    fills = FillQueue(held)
    fills._last_use -= 1_000  # pyright: ignore[reportPrivateUsage] - nobody waits that long
    assert fills.unused_s >= 1_000
    reading = asyncio.create_task(fills.read_ahead(TYPED))
    await settled()
    assert held.happened == ["read x =  begins"]
    assert (await fills.state()).status is EngineStatus.READY
    assert fills.unused_s < 1_000
    assert fills.waiting == 0
    reading.cancel()


async def test_an_engine_that_is_stopped_reads_no_more() -> None:
    held = Held()
    fills = FillQueue(held)
    reading = asyncio.create_task(fills.read_ahead(TYPED))
    await settled()
    fills.stop()
    await reading
    await fills.read_ahead(TYPED)
    assert held.happened == ["read x =  begins", "read x =  is cut off"]


async def test_what_fails_to_be_read_fails_no_fill(caplog: pytest.LogCaptureFixture) -> None:
    failing = Failing()
    failing.may_fill.set()
    fills = FillQueue(failing)
    await fills.read_ahead(TYPED)
    assert "Reading ahead failed." in caplog.text
    assert isinstance(await filled(fills, TYPED), Fill)


async def test_it_is_asked_over_the_socket(serve: Serve) -> None:
    scripted = ScriptedInfiller({})
    infiller = HttpInfiller(await serve(FillQueue(scripted)))
    await infiller.read_ahead(TYPED)
    assert (scripted.read, scripted.asked) == ([TYPED], [])
    await infiller.aclose()


async def filled(fills: FillQueue, hole: Hole) -> object:
    """What comes of a fill."""
    *_, last = [event async for event in fills.answer(FillRequest(hole))]
    return last


async def settled() -> None:
    """Let everything happen that can."""
    for _ in range(20):
        await asyncio.sleep(0)
