"""How long a server takes beside its engine: over pipes, in a long file, key after key."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_server.benchmark.editor import Editor, Position, editor
from mezzotint_server.benchmark.long_files import LongFile, long_file
from mezzotint_server.benchmark.waits import Waits

GAP_S = 0.02
"""Between two keys."""
LOG_S = 0.02
"""After an answer, until the log has been read."""
FILLS = 3
"""In each file, beside the first one, for which the file is parsed as a whole."""
NOTHINGS = 100
HANDSHAKES = 3


@dataclass(frozen=True, slots=True)
class Answering:
    """Milliseconds."""

    nothing: Waits
    """Requests that ask for nothing: what client, pipes and parsing take by themselves."""
    through: Waits
    """From a key that types a suggestion through to what is left of it."""
    overhead: Waits
    """What a suggestion takes over the engine's own time, as the client sees it."""
    overhead_inside: Waits
    """The same from the cursor's place to the fill, in the server."""


@dataclass(slots=True)
class _Times:
    through: list[float] = field(default_factory=list[float])
    overhead: list[float] = field(default_factory=list[float])
    inside: list[float] = field(default_factory=list[float])


async def handshakes(model: str, environment: dict[str, str]) -> Waits:
    """From the start of a process to its answer."""
    waits: list[float] = []
    for _ in range(HANDSHAKES):
        async with editor(model, environment) as connected:
            waits.append(connected.handshake_ms)
    return Waits(tuple(waits))


async def answering(
    connected: Editor,
    cuts: Sequence[Cut],
    lines: int,
    *,
    on_place: Callable[[], object] = lambda: None,
) -> Answering:
    """Ask, type through and ask anew at each place, in files of so many lines."""
    nothing = [await _nothing(connected) for _ in range(NOTHINGS)]
    times = _Times()
    for number, cut in enumerate(cuts):
        await _measure_at(
            connected, f"file:///bench/{number}.py", long_file(cut, cuts, lines), times
        )
        on_place()
    return Answering(
        Waits(tuple(nothing)),
        Waits(tuple(times.through)),
        Waits(tuple(times.overhead)),
        Waits(tuple(times.inside)),
    )


async def _nothing(connected: Editor) -> float:
    started = time.perf_counter()
    await connected.suggestion("file:///never/opened.py", {"line": 0, "character": 0})
    return 1000 * (time.perf_counter() - started)


async def _measure_at(connected: Editor, uri: str, file: LongFile, times: _Times) -> None:
    connected.open(uri, file.text)
    text = await connected.suggestion(uri, file.position)
    if text:
        await _type_through(connected, uri, file.position, text, times)
    for count in range(FILLS):
        await asyncio.sleep(GAP_S)
        await _fill_anew(connected, uri, file, count, times)
    connected.notify("textDocument/didClose", textDocument={"uri": uri})


async def _type_through(
    connected: Editor, uri: str, start: Position, text: str, times: _Times
) -> None:
    """All but the last character, and away with it again."""
    position = start
    for index, key in enumerate(text[:-1], start=1):
        await asyncio.sleep(GAP_S)
        started = time.perf_counter()
        connected.change(uri, position, position, key)
        position = _after(position, key)
        left = await connected.suggestion(uri, position)
        if left == text[index:]:
            times.through.append(1000 * (time.perf_counter() - started))
    connected.change(uri, start, position, "")


async def _fill_anew(
    connected: Editor, uri: str, file: LongFile, count: int, times: _Times
) -> None:
    """Change a line nearby, so that nothing is known, and ask."""
    known = len(connected.fills)
    above = {"line": file.line, "character": 0}
    started = time.perf_counter()
    connected.change(uri, above, above, f"# {count}\n")
    at = {"line": file.line + count + 1, "character": file.character}
    await connected.suggestion(uri, at)
    wait_ms = 1000 * (time.perf_counter() - started)
    await asyncio.sleep(LOG_S)
    if len(connected.fills) == known + 1:
        inside_ms, engine_ms = connected.fills[-1]
        times.overhead.append(wait_ms - engine_ms)
        times.inside.append(inside_ms - engine_ms)


def _after(position: Position, key: str) -> Position:
    if key == "\n":
        return {"line": position["line"] + 1, "character": 0}
    width = 2 if ord(key) > 0xFFFF else 1
    return {"line": position["line"], "character": position["character"] + width}
