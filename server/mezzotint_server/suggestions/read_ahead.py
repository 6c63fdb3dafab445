"""While somebody types, the engine reads what is before the cursor, so that a fill need not.

Where the cursor is, the last change tells: at its end.
"""

import asyncio
import logging
from collections.abc import Sequence

from lsprotocol import types

from mezzotint_server.cursor import Cursor, hole_while_typing
from mezzotint_server.documents import Document
from mezzotint_server.engine import Engine
from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.suggesting import known_rests, wish_at

_logger = logging.getLogger(__name__)

PAUSE_S = 0.03
"""Without a further change: a hole takes milliseconds to find, which not every key is worth."""


def is_worth_it(device: str) -> bool:
    """Whether prompts are read while somebody types.

    On a GPU, where that takes a good part of a fill and is in nobody's way. On a CPU, a model that
    is small enough to be used there reads a prompt in a few milliseconds, and the editor needs the
    core itself while its user types.
    """
    return device.startswith("cuda")


def read_ahead(
    server: MezzotintServer,
    document: Document,
    changes: Sequence[types.TextDocumentContentChangeEvent],
) -> None:
    """These changes have made the document: read up to where the last one ends, after a pause."""
    engine = server.engine
    if engine is None or not is_worth_it(engine.device) or not changes:
        return
    change = changes[-1]
    if isinstance(change, types.TextDocumentContentChangePartial):
        work = _read_ahead(server, engine, document, change)
        server.reading_ahead.start(document.uri, work)


async def _read_ahead(
    server: MezzotintServer,
    engine: Engine,
    document: Document,
    change: types.TextDocumentContentChangePartial,
) -> None:
    await asyncio.sleep(PAUSE_S)
    try:
        cursor = Cursor(document, *document.end_of(change))
        if not _may_be_asked_for(server, cursor):
            return
        hole = await hole_while_typing(cursor, server.trees, server.project)
        if hole is not None and not server.status.is_filling:
            await engine.read_ahead(hole)
    except Exception:
        _logger.exception("Nothing was read ahead.")


def _may_be_asked_for(server: MezzotintServer, cursor: Cursor) -> bool:
    """Whether the next request would have to wait for the engine, and it is not at it already."""
    if server.status.is_filling:
        return False
    wish = wish_at(server, cursor, is_asked=False)
    return wish is not None and known_rests(server, wish) is None
