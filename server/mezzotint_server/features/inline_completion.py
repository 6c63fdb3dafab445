"""``textDocument/inlineCompletion``: ghost text at the cursor.

The answer is always a list: ``null`` would leave stale ghost text on Neovim's screen. The range of
an item is always sent, and empty: editors disagree about what one that is not empty means, and
VS Code takes the word before the cursor where there is none.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

from lsprotocol import types

from mezzotint_infill.errors import EngineError, InfillError, ModelError
from mezzotint_infill.hole import Hole
from mezzotint_infill.options import InfillOptions
from mezzotint_server.cursor import Cursor, hole_asked_for, hole_while_typing
from mezzotint_server.documents import Document
from mezzotint_server.engine import Engine
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

_logger = logging.getLogger(__name__)

OPTIONS = types.InlineCompletionOptions()
"""Without an options object pygls does not say that the server can do this."""

GRACE_S = 2.0
"""The engine looks at its deadline between two steps; one this far over it gets no more time."""


async def inline_completion(
    server: MezzotintServer, params: types.InlineCompletionParams
) -> types.InlineCompletionList:
    """What could stand at the cursor; nothing if the document has moved on meanwhile."""
    uri = params.text_document.uri
    document = server.documents.get(uri)
    if document is None:
        return types.InlineCompletionList([])
    items = await server.newest.run(uri, _items_or_none(server, document, params))
    if server.documents.get(uri) is not document:
        return types.InlineCompletionList([])
    return types.InlineCompletionList(items or [])


async def _items_or_none(
    server: MezzotintServer, document: Document, params: types.InlineCompletionParams
) -> list[types.InlineCompletionItem] | None:
    started = time.monotonic()
    try:
        items = await _items(server, document, params)
    except InfillError as error:
        _tell(server, error)
        return None
    except TimeoutError:
        _logger.info("No suggestion: the time was up.")
        return None
    except Exception:  # whatever went wrong, the editor gets its list
        _logger.exception("No suggestion: a handler failed.")
        return None
    _logger.info("%d suggestions in %.0f ms.", len(items), 1000 * (time.monotonic() - started))
    return items


async def _items(
    server: MezzotintServer, document: Document, params: types.InlineCompletionParams
) -> list[types.InlineCompletionItem]:
    engine = server.engine
    settings = server.settings_for(document)
    if engine is None or not settings.covers(document.language):
        return []
    place = _place(document, params)
    if place is None or not await engine.is_up():
        return []
    find = hole_asked_for if _is_asked(params.context) else hole_while_typing
    hole = await find(place.cursor, server.trees, server.project)
    if hole is None:
        return []
    texts = await _texts(engine, hole, _options(params.context, settings))
    return [place.item(text) for text in texts]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something is to be filled in, and how a fill becomes an item."""

    cursor: Cursor
    range: types.Range
    selected: str = ""
    """Text of the menu's entry that the suggestion goes on from; mostly empty."""

    def item(self, text: str) -> types.InlineCompletionItem:
        own_breaks = text.replace("\n", self.cursor.document.line_break)
        return types.InlineCompletionItem(self.selected + own_breaks, range=self.range)


def _place(document: Document, params: types.InlineCompletionParams) -> _Place | None:
    """``None`` where the client asks about a place that is not there."""
    if not document.has_line(params.position.line):
        return None
    selected = params.context.selected_completion_info
    if selected is not None:
        return _place_after(selected, document, params.position)
    line, index = document.place(params.position)
    position = document.position(line, index)
    return _Place(Cursor(document, line, index), types.Range(position, position))


def _place_after(
    selected: types.SelectedCompletionInfo, document: Document, position: types.Position
) -> _Place | None:
    """The place behind the menu's entry, as if it had been accepted.

    LSP wants an item that has the entry's range and begins with its text.
    """
    start = selected.range.start
    is_simple = (
        start.line == selected.range.end.line
        and selected.range.end == position
        and not set(selected.text) & {"\n", "\r"}
    )
    if not is_simple:
        return None
    line, index = document.place(start)
    accepted = document.edited(
        types.TextDocumentContentChangePartial(selected.range, selected.text)
    )
    cursor = Cursor(accepted, line, index + len(selected.text))
    return _Place(cursor, selected.range, selected.text)


def _is_asked(context: types.InlineCompletionContext) -> bool:
    return context.trigger_kind is types.InlineCompletionTriggerKind.Invoked


def _options(context: types.InlineCompletionContext, settings: Settings) -> InfillOptions:
    if _is_asked(context):
        return InfillOptions(
            candidates=settings.candidates, deadline_ms=settings.invoked_deadline_ms
        )
    # What nobody asked for had better be right, or not be there.
    return InfillOptions(only_valid=True, deadline_ms=settings.deadline_ms)


async def _texts(engine: Engine, hole: Hole, options: InfillOptions) -> list[str]:
    """The fills, best first; none if the best is that there be nothing."""
    async with asyncio.timeout((options.deadline_ms or 0) / 1000 + GRACE_S):
        fill = await engine.fill(hole, options)
    if not fill.text.strip():
        return []
    texts = [candidate.text for candidate in fill.candidates if candidate.text.strip()]
    return texts[: options.candidates]


def _tell(server: MezzotintServer, error: InfillError) -> None:
    _logger.warning("No suggestion: %s", error)
    if isinstance(error, EngineError):
        server.feedback.engine_lost()
    elif isinstance(error, ModelError):
        server.feedback.engine_failed(str(error))
