"""``mezzotint/draft``: to whom and until when drafts are sent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server.features.rewriting import fill_holes, rewrite
from mezzotint_server.settings import Settings

StartTyping = Callable[..., Awaitable[Any]]
"""Makes a ``TypingEditor``, which is in conftest.py."""

PROMPT = Settings(debounce_min_ms=0, debounce_max_ms=0)
EARLY_S = 0.04
"""Longer than two drafts are apart at least."""


async def test_an_editor_that_shows_drafts_gets_them(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\r\n", can_show_drafts=True)
    answer = editor.ask(request=7)
    await editor.engine.is_asked(1)
    await editor.engine.draft("f(\n?")
    assert [(it["requestId"], it["text"]) for it in editor.drafts] == [(7, "f(\r\n?")]
    await editor.engine.end("f(1)")
    await answer
    assert len(editor.drafts) == 1


@pytest.mark.parametrize(
    ("can_show", "settings"), [(False, PROMPT), (True, replace(PROMPT, drafts=False))]
)
async def test_others_get_none(
    start_typing: StartTyping, can_show: bool, settings: Settings
) -> None:
    editor = await start_typing("x = ‸\n", settings, can_show_drafts=can_show)
    answer = editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("f(?)")
    await editor.engine.end("f(1)")
    assert [item.insert_text for item in await answer] == ["f(1)"]
    assert editor.drafts == []


async def test_who_joins_is_shown_what_is_left_and_nobody_else(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", can_show_drafts=True)
    editor.ask(request=1)
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    editor.type("x = ad‸\n")
    answer = editor.ask(request=2)
    await editor.engine.is_joined()
    await asyncio.sleep(EARLY_S)
    await editor.engine.draft("add(a)")
    assert [(it["requestId"], it["text"]) for it in editor.drafts] == [(1, "add(?)"), (2, "d(a)")]
    await editor.engine.end("add(a)")
    assert [item.insert_text for item in await answer] == ["d(a)"]


@pytest.mark.parametrize("now", ["x = a‸\n", "x = add(‸\n", "y = ‸\n"])
async def test_a_changed_document_gets_no_draft_of_the_older_one(
    start_typing: StartTyping, now: str
) -> None:
    editor = await start_typing("x = ‸\n", can_show_drafts=True)
    editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    await asyncio.sleep(EARLY_S)
    editor.engine.draft_now("add(a)")
    editor.type(now)
    await editor.engine.is_joined()
    assert [it["text"] for it in editor.drafts] == ["add(?)"]


async def test_a_cancelled_request_gets_no_draft(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", can_show_drafts=True)
    answer = editor.ask()
    await editor.engine.is_asked(1)
    editor.engine.draft_now("add(a)")
    answer.cancel()
    await editor.engine.is_joined()
    assert editor.drafts == []


async def test_a_draft_that_goes_on_from_a_menus_entry_begins_with_it(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x.ap‸\n", can_show_drafts=True)
    word = types.Range(types.Position(0, 2), types.Position(0, 4))
    editor.ask(selected=types.SelectedCompletionInfo(word, "append"))
    await editor.engine.is_asked(1)
    await editor.engine.draft("(?)")
    assert [it["text"] for it in editor.drafts] == ["append(?)"]
    assert [it["certainty"] for it in editor.drafts[0]["spans"]] == [1.0, 1.0]


async def test_who_has_code_rewritten_is_shown_what_is_to_stand_where(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("a = 1\r\nx = foo(‸a)\r\n", can_show_drafts=True)
    marked = wire((1, 4), (1, 10))
    work = asyncio.create_task(commanded(editor, rewrite, {"range": marked, "strength": 0.5}))
    await editor.engine.is_asked(1)
    await editor.engine.draft("bar(\n?")
    editor.type("# new\r\na = 1\r\nx = foo(‸a)\r\n")
    await asyncio.sleep(EARLY_S)
    await editor.engine.draft("bar(a)")
    assert editor.drafts[0]["text"] == "bar(\r\n?"
    told = [(it["requestId"], it["version"], it["ranges"], it["uri"]) for it in editor.drafts]
    assert told == [
        (3, 1, [wire((1, 4), (1, 10))], "file:///a.py"),
        (3, 2, [wire((2, 4), (2, 10))], "file:///a.py"),
    ]
    work.cancel()


async def test_a_draft_of_several_gaps_tells_each_of_them(start_typing: StartTyping) -> None:
    editor = await start_typing("a = ...\nb = ...‸\n", can_show_drafts=True)
    ranges = [wire((0, 4), (0, 7)), wire((1, 4), (1, 7))]
    work = asyncio.create_task(commanded(editor, fill_holes, {"ranges": ranges}))
    await editor.engine.is_asked(1)
    await editor.engine.draft("1")
    [told] = editor.drafts
    assert (told["text"], told["ranges"]) == ("1", ranges)
    assert [it["text"] for it in told["further"]] == ["1"]
    work.cancel()


async def test_places_that_are_typed_into_get_no_draft(start_typing: StartTyping) -> None:
    editor = await start_typing("x = foo(‸a)\n", can_show_drafts=True)
    marked = wire((0, 4), (0, 10))
    work = asyncio.create_task(commanded(editor, rewrite, {"range": marked, "strength": 0.5}))
    await editor.engine.is_asked(1)
    editor.engine.draft_now("bar(a)")
    editor.type("x = foo(b‸)\n")
    await work
    assert editor.drafts == []


async def commanded(editor: Any, command: Any, argument: dict[str, Any]) -> None:
    # As pygls does before it calls a handler.
    editor.server.protocol._ctx_msg_id.set(3)
    await command(editor.server, {"uri": "file:///a.py", **argument})


def wire(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    places = [{"line": line, "character": character} for line, character in (start, end)]
    return dict(zip(("start", "end"), places, strict=True))
