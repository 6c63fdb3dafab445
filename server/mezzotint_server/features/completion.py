"""``textDocument/completion`` and ``completionItem/resolve``: a suggestion as an entry of the menu.

For editors that show no ghost text. The menu is never kept waiting: what is not known in time is
filled in in the background, and found when the editor asks again at the next key.
"""

import asyncio
import logging
import re

from lsprotocol import types

from mezzotint_server.cursor import Cursor
from mezzotint_server.features.acceptance import ACCEPT
from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.spot import Rest
from mezzotint_server.suggestions.suggesting import (
    Suggestions,
    Wish,
    filled_rests,
    known_rests,
    present,
    wish_at,
)

_logger = logging.getLogger(__name__)

OPTIONS = types.CompletionOptions(
    trigger_characters=[".", "(", "[", "{", "=", ",", ":", " "], resolve_provider=True
)

PATIENCE_S = 0.15
LABEL_LENGTH = 40
"""Helix shows labels whole; long ones hide the code."""

_WORD = re.compile(r"\w*\Z")
_FENCE = re.compile("`{3,}")


async def completion(
    server: MezzotintServer, params: types.CompletionParams
) -> types.CompletionList:
    """One entry at most; what more is typed may change it."""
    document = server.documents.get(params.text_document.uri)
    if document is None or not document.has_line(params.position.line):
        return types.CompletionList(is_incomplete=False, items=[])
    wish = wish_at(server, Cursor(document, *document.place(params.position)), is_asked=False)
    if wish is None or server.engine is None or not _is_wanted(server, wish):
        return types.CompletionList(is_incomplete=False, items=[])
    found = await _suggestions(server, wish)
    entries = [_entry(wish, rest, found.name) for rest in found.rests] if found else []
    return types.CompletionList(is_incomplete=True, items=entries)


def resolve_completion(
    server: MezzotintServer, entry: types.CompletionItem
) -> types.CompletionItem:
    """The entry with the whole fill as its documentation."""
    match entry.data:
        case {"text": str(text), "language": str(language)}:
            entry.documentation = _shown(text, language, server.client.can_read_markdown)
        case _:
            pass
    return entry


def _is_wanted(server: MezzotintServer, wish: Wish) -> bool:
    return wish.settings.completions or not server.client.can_show_ghost_text


async def _suggestions(server: MezzotintServer, wish: Wish) -> Suggestions | None:
    rests = known_rests(server, wish)
    if rests is None:
        rests = await _rests_in_time(server, wish)
    if server.documents.get(wish.uri) is not wish.cursor.document:
        return None
    return present(server, wish, rests)


async def _rests_in_time(server: MezzotintServer, wish: Wish) -> tuple[Rest, ...]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await filled_rests(server, wish)
    except TimeoutError:
        return ()
    except Exception:  # the menu has other entries to show
        _logger.exception("No suggestion: a handler failed.")
        return ()


def _entry(wish: Wish, rest: Rest, name: str) -> types.CompletionItem:
    """Takes the place of the word before the cursor, which it begins with: menus filter by that."""
    document, line, index = wish.cursor.document, wish.cursor.line, wish.cursor.index
    word = _word_before(document.lines[line][:index])
    text = word + rest.text
    start = document.position(line, index - len(word))
    end = document.position(line, index + len(rest.replaced))
    return types.CompletionItem(
        label=_label(text),
        kind=types.CompletionItemKind.Text,
        detail="mezzotint",
        filter_text=text.partition("\n")[0] or None,
        sort_text=" ",
        text_edit=types.TextEdit(types.Range(start, end), text.replace("\n", document.line_break)),
        insert_text_mode=types.InsertTextMode.AsIs,
        command=types.Command("Accept", ACCEPT, arguments=[name]),
        data={"text": text, "language": document.language},
    )


def _word_before(line: str) -> str:
    found = _WORD.search(line)
    return found[0] if found else ""


def _label(text: str) -> str:
    """What it inserts, in short."""
    first, _, more = text.strip().partition("\n")
    if len(first) > LABEL_LENGTH:
        return first[: LABEL_LENGTH - 1] + "…"
    return first + " …" if more else first


def _shown(text: str, language: str, as_markdown: bool) -> types.MarkupContent | str:
    if not as_markdown:
        return text
    fence = max(_FENCE.findall(text), key=len, default="``") + "`"
    return types.MarkupContent(
        types.MarkupKind.Markdown, f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"
    )
