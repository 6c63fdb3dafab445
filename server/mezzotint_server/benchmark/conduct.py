"""How a server conducts itself: when the engine is free after a cancel, and who is not answered."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_infill.hole import Draft
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.remote import HttpInfiller
from mezzotint_server.benchmark.editor import Editor, editor
from mezzotint_server.benchmark.long_files import LongFile, long_file
from mezzotint_server.benchmark.waits import Waits

CLIENTS = 4
DOCUMENTS = 20
LINES = 300
LONG_ENOUGH_S = 120.0


@dataclass(frozen=True, slots=True)
class Cancelling:
    """From a cancel to an engine that is free."""

    waits: Waits
    step_ms: float
    """How long a step takes."""

    @property
    def steps(self) -> float:
        return self.waits.median / self.step_ms


@dataclass(frozen=True, slots=True)
class Crowd:
    """Several clients at once."""

    requests: int
    unanswered: int
    answered_twice: int
    seconds: float


async def cancelling(connected: Editor, cuts: Sequence[Cut], folder: Path) -> Cancelling:
    """Cancel fills at their first draft, and ask the engine until it is free."""
    async with aclosing(HttpInfiller(_socket(folder))) as engine:
        step_ms = await _step_ms(engine, cuts)
        waits: list[float] = []
        for number, cut in enumerate(cuts):
            file = long_file(cut, cuts, LINES)
            wait_ms = await _cancelled(connected, engine, f"file:///cancel/{number}.py", file)
            if wait_ms is not None:
                waits.append(wait_ms)
    if not waits:
        raise EngineUnavailableError("No fill took long enough to be cancelled.")
    return Cancelling(Waits(tuple(waits)), step_ms)


async def crowd(model: str, environment: dict[str, str], cuts: Sequence[Cut]) -> Crowd:
    """Open many documents in several editors and ask in all of them at once."""
    async with AsyncExitStack() as stack:
        editors = [
            await stack.enter_async_context(editor(model, environment)) for _ in range(CLIENTS)
        ]
        for each in editors:
            await each.ready()
        started = time.perf_counter()
        asked = [_ask_everywhere(each, cuts) for each in editors]
        answers = [answer for each in asked for answer in each.values()]
        await asyncio.wait(answers, timeout=LONG_ENOUGH_S)
        seconds = time.perf_counter() - started
        counts = [
            each.answers[number]
            for each, numbers in zip(editors, asked, strict=True)
            for number in numbers
        ]
    return Crowd(len(counts), counts.count(0), sum(it > 1 for it in counts), seconds)


def _ask_everywhere(connected: Editor, cuts: Sequence[Cut]) -> "dict[int, asyncio.Future[object]]":
    """In each document twice; of the first requests every third is cancelled."""
    asked: dict[int, asyncio.Future[object]] = {}
    for number in range(DOCUMENTS):
        uri = f"file:///crowd/{number}.py"
        file = long_file(cuts[number % len(cuts)], cuts, LINES)
        connected.open(uri, file.text)
        first, answer = connected.ask_at(uri, file.position)
        asked[first] = answer
        if number % 3 == 0:
            connected.cancel(first)
        above = {"line": file.line, "character": 0}
        connected.change(uri, above, above, "# typed\n")
        second, answer = connected.ask_at(uri, {**file.position, "line": file.line + 1})
        asked[second] = answer
    return asked


async def _cancelled(
    connected: Editor, engine: HttpInfiller, uri: str, file: LongFile
) -> float | None:
    """``None`` if there was nothing left to cancel."""
    connected.open(uri, file.text)
    # What was asked before is known.
    above = {"line": file.line, "character": 0}
    connected.change(uri, above, above, "# cancelled\n")
    number, answer = connected.ask_at(uri, {**file.position, "line": file.line + 1})
    if not await connected.first_draft(number):
        return None
    started = time.perf_counter()
    connected.cancel(number)
    while (await engine.state()).status is EngineStatus.BUSY:
        pass
    wait_ms = 1000 * (time.perf_counter() - started)
    await answer
    return wait_ms


async def _step_ms(engine: HttpInfiller, cuts: Sequence[Cut]) -> float:
    """The median time between two drafts."""
    between: list[float] = []
    for cut in cuts[:3]:
        times: list[float] = []

        def note(_: Draft, times: list[float] = times) -> None:
            times.append(1000 * time.perf_counter())

        await engine.fill(cut.hole, on_draft=note)
        between += [after - before for before, after in pairwise(times)]
    if not between:
        raise EngineUnavailableError("No fill took two steps.")
    return median(between)


def _socket(folder: Path) -> Path:
    """Of the one engine in a folder."""
    return next(path for path in folder.iterdir() if path.is_socket())
