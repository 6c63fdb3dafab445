"""From a keystroke to a finished hole: documents, trees and the project as in an editor, no model."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from lsprotocol import types

from mezzotint_server.app import create_server
from mezzotint_server.benchmark.waits import Waits
from mezzotint_server.cursor import Cursor, hole_while_typing
from mezzotint_server.engine import EngineClient
from mezzotint_server.features.synchronization import did_change, did_open
from mezzotint_server.project.indexing import PAUSE_S
from mezzotint_server.project.project import Project
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

PLACES = 5
"""Spread over the file; what a cursor that has jumped there costs is one of the waits."""
WARM_UP = 3
BURST = 10
"""Keys after a pause."""
GAP_S = 0.03
"""Between two of them: quick enough to be there while the outline is made and when it comes."""
_URI = "file:///bench/typed.py"

_Key = tuple[types.Position, str]


async def keystroke_waits(
    folder: Path, lines: int, keys: int, *, on_key: Callable[[], object] = lambda: None
) -> Waits:
    """Type in a file of so many lines, made of the Python files in a folder, without a pause."""
    source = _file_of(folder, lines)
    async with _opened(folder, source) as server:
        waits: list[float] = []
        for key in islice(_typed(source, keys + WARM_UP), keys + WARM_UP):
            waits.append(await _wait(server, key, time.perf_counter()))
            on_key()
        return Waits(tuple(waits[WARM_UP:]))


async def waits_after_pauses(
    folder: Path, lines: int, pauses: int, *, on_key: Callable[[], object] = lambda: None
) -> Waits:
    """The same with pauses: the keys right after one, as the file's outline is made anew.

    A key that comes while something else goes on has waited since it was typed.
    """
    source = _file_of(folder, lines)
    async with _opened(folder, source) as server:
        waits: list[float] = []
        for number, key in enumerate(islice(_typed(source, pauses * BURST), pauses * BURST)):
            gap_s = GAP_S if number % BURST else PAUSE_S
            typed = time.perf_counter() + gap_s
            await asyncio.sleep(gap_s)
            waits.append(await _wait(server, key, typed))
            on_key()
        return Waits(tuple(waits))


@asynccontextmanager
async def _opened(folder: Path, source: list[str]) -> AsyncGenerator[MezzotintServer]:
    """A server that knows all of a folder and of a document with these lines."""
    server = create_server(_no_engine, Settings())
    server.project = Project([folder])
    server.project.start()
    try:
        document = types.TextDocumentItem(_URI, "python", 1, "".join(source))
        did_open(server, types.DidOpenTextDocumentParams(document))
        await server.project.settled()
        yield server
    finally:
        await server.project.aclose()


async def _wait(server: MezzotintServer, key: _Key, typed: float) -> float:
    """Milliseconds from when a key was typed to the hole, or to knowing that there is none."""
    position, text = key
    change = types.TextDocumentContentChangePartial(types.Range(position, position), text)
    before = server.documents.get(_URI)
    version = before.version + 1 if before is not None else 1
    identifier = types.VersionedTextDocumentIdentifier(uri=_URI, version=version)
    did_change(server, types.DidChangeTextDocumentParams(identifier, [change]))
    document = server.documents.get(_URI)
    if document is not None:
        cursor = Cursor(document, *document.place(_after(position, text)))
        await hole_while_typing(cursor, server.trees, server.project)
    return 1000 * (time.perf_counter() - typed)


def _file_of(folder: Path, lines: int) -> list[str]:
    """So many lines of real code, over again if there are too few."""
    code = [
        line
        for path in sorted(folder.rglob("*.py"))
        for line in path.read_text("utf-8").splitlines(keepends=True)
    ]
    return (code * (lines // max(1, len(code)) + 1))[:lines]


def _typed(source: list[str], keys: int) -> Iterator[_Key]:
    """At some places, the next lines are typed once more, above themselves, key by key."""
    for place in reversed(range(PLACES)):
        line = (2 * place + 1) * len(source) // (2 * PLACES)
        typed = "".join(source[line : line + keys])[: -(-keys // PLACES)]
        # From the last place up, so that what is typed moves none that is still to come.
        position = types.Position(line, 0)
        for key in typed:
            yield position, key
            position = _after(position, key)


def _after(position: types.Position, key: str) -> types.Position:
    if key == "\n":
        return types.Position(position.line + 1, 0)
    return types.Position(position.line, position.character + (2 if ord(key) > 0xFFFF else 1))


def _no_engine(_: Settings) -> EngineClient:
    raise NotImplementedError("Nothing is filled here.")
