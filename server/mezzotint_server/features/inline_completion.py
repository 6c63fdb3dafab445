"""``textDocument/inlineCompletion``: ghost text at the cursor.

The answer is always a list: ``null`` would leave stale ghost text on Neovim's screen. The range of
an item is always sent, since VS Code takes the word before the cursor where there is none. It is
empty, but for editors that are known to manage one up to the end of the line.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

from lsprotocol import types

from mezzotint_infill.hole import Draft, Piece
from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Document
from mezzotint_server.features.acceptance import ACCEPT
from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.spot import Rest
from mezzotint_server.suggestions.suggesting import (
    LOG_S,
    Suggestions,
    Wish,
    filled_rests,
    known_rests,
    present,
    wish_at,
)
from mezzotint_server.suggestions.underway import Watch

_logger = logging.getLogger(__name__)

SUGGESTED = "%d suggestions in %.0f ms."

OPTIONS = types.InlineCompletionOptions()
"""Without an options object pygls does not say that the server can do this."""


async def inline_completion(
    server: MezzotintServer, params: types.InlineCompletionParams
) -> types.InlineCompletionList:
    """What could stand at the cursor; nothing if the document has moved on meanwhile."""
    uri = params.text_document.uri
    document = server.documents.get(uri)
    if document is None:
        return types.InlineCompletionList([])
    try:
        items = await server.newest.run(uri, _items_or_none(server, document, params))
    except asyncio.CancelledError:
        server.underway.stop(uri)
        raise
    if server.documents.get(uri) is not document:
        return types.InlineCompletionList([])
    return types.InlineCompletionList(items or [])


async def _items_or_none(
    server: MezzotintServer, document: Document, params: types.InlineCompletionParams
) -> list[types.InlineCompletionItem] | None:
    started = time.monotonic()
    try:
        items = await _items(server, document, params)
    except Exception:  # whatever went wrong, the editor gets its list
        _logger.exception("No suggestion: a handler failed.")
        return None
    taken_ms = 1000 * (time.monotonic() - started)
    asyncio.get_running_loop().call_later(LOG_S, _logger.info, SUGGESTED, len(items), taken_ms)
    return items


async def _items(
    server: MezzotintServer, document: Document, params: types.InlineCompletionParams
) -> list[types.InlineCompletionItem]:
    place = _place(document, params)
    if place is None or server.engine is None:
        return []
    is_asked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    wish = wish_at(server, place.cursor, is_asked=is_asked)
    suggestions = await _suggestions(server, wish, place) if wish is not None else None
    if suggestions is None or server.documents.get(document.uri) is not document:
        return []
    return [
        place.item(rest, suggestions.name)
        for rest in suggestions.rests
        if not (rest.replaced and place.selected)  # the range must be the entry's
    ]


async def _suggestions(server: MezzotintServer, wish: Wish, place: "_Place") -> Suggestions | None:
    rests = known_rests(server, wish)
    if rests is None:
        rests = await filled_rests(server, wish, _watch(server, wish, place))
    return present(server, wish, rests)


def _watch(server: MezzotintServer, wish: Wish, place: "_Place") -> Watch | None:
    """Sends the drafts to an editor that shows them, as long as it waits for this answer."""
    drafts = server.drafts_for(wish.cursor.document)
    if drafts is None:
        return None
    line_break, encoding = wish.cursor.document.line_break, server.client.encoding
    return lambda draft: drafts.tell(place.whole(draft), line_break, encoding)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something is to be filled in, and how a fill becomes an item."""

    cursor: Cursor
    range: types.Range
    selected: str = ""
    """Text of the menu's entry that the suggestion goes on from; mostly empty."""

    def item(self, rest: Rest, name: str) -> types.InlineCompletionItem:
        own_breaks = rest.text.replace("\n", self.cursor.document.line_break)
        return types.InlineCompletionItem(
            self.selected + own_breaks,
            range=self._range(rest),
            command=types.Command("Accept", ACCEPT, arguments=[name]),
        )

    def whole(self, draft: Draft) -> Draft:
        """A draft as the text of an item has it."""
        if not self.selected:
            return draft
        return Draft(draft.step, (Piece(self.selected, 1.0), *draft.pieces))

    def _range(self, rest: Rest) -> types.Range:
        if not rest.replaced:
            return self.range
        cursor = self.cursor
        end = cursor.document.position(cursor.line, cursor.index + len(rest.replaced))
        return types.Range(self.range.start, end)


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
