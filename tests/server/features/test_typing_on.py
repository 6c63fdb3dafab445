"""Ghost text while its user types on: what needs no engine, what joins it, what stops it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_server.features.acceptance import ACCEPT
from mezzotint_server.settings import Settings

StartTyping = Callable[..., Awaitable[Any]]
"""Makes a ``TypingEditor``, which is in conftest.py."""


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        (["a"], "dd(a, b)"),
        (["add(a, b"], ")"),
        (["a", "ad", "add"], "(a, b)"),
        (["add", "ad"], "d(a, b)"),
        (["add", ""], "add(a, b)"),
        (["add(‸)"], "a, b"),
    ],
)
async def test_typing_through_a_suggestion_and_back_asks_nobody(
    start_typing: StartTyping, typed: list[str], left: str
) -> None:
    editor = await start_typing("x = ‸\n")
    assert await editor.filled("add(a, b)") == ["add(a, b)"]
    texts: list[str] = []
    for each in typed:
        marked = each if "‸" in each else f"{each}‸"
        editor.type(f"x = {marked}\n")
        texts = await editor.texts()
    assert texts == [left]
    assert len(editor.engine.asked) == 1


async def test_a_suggestion_keeps_its_name_while_it_is_typed(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    await editor.filled("abc")
    editor.type("x = a‸\n")
    [first] = await editor.ask()
    editor.type("x = ab‸\n")
    [second] = await editor.ask()
    assert first.command == second.command
    assert first.command.command == ACCEPT


async def test_a_place_that_was_filled_is_known_when_one_comes_back(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n")
    await editor.filled("1")
    editor.type("x = ‸\ny\n")
    assert await editor.filled("2") == ["2"]
    editor.type("x = ‸\n")
    assert await editor.texts() == ["1"]
    assert len(editor.engine.asked) == 2


async def test_that_there_is_nothing_to_suggest_is_known_too(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    assert await editor.filled() == []
    assert await editor.texts() == []
    assert len(editor.engine.asked) == 1


async def test_who_asks_by_hand_gets_others_beside_what_is_shown(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n")
    assert await editor.filled("1") == ["1"]
    assert await editor.filled("2", "1", "3", invoked=True) == ["1", "2"]
    editor.type("x = 2‸\n")
    assert await editor.filled("") == []


async def test_a_request_joins_the_fill_under_way_whose_draft_says_what_was_typed(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n")
    older = editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    editor.type("x = ad‸\n")
    newer = editor.ask()
    assert await older == []
    await editor.engine.draft("add(a)")
    await editor.engine.end("add(a, b)")
    assert [item.insert_text for item in await newer] == ["d(a, b)"]
    assert (len(editor.engine.asked), editor.engine.stopped) == (1, 0)


async def test_a_request_for_the_same_place_joins_before_there_is_any_draft(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n")
    older = editor.ask()
    await editor.engine.is_asked(1)
    newer = editor.ask()
    assert await older == []
    await editor.engine.end("1")
    assert [item.insert_text for item in await newer] == ["1"]
    assert (len(editor.engine.asked), editor.engine.stopped) == (1, 0)


@pytest.mark.parametrize("now", ["x = b‸\n", "x =‸\n", "y\nx = ‸\n", "x = a‸\ny\n", "‸"])
async def test_a_change_that_no_draft_says_stops_the_fill(
    start_typing: StartTyping, now: str
) -> None:
    editor = await start_typing("x = ‸\n")
    answer = editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    editor.type(now)
    assert await answer == []
    assert editor.engine.stopped == 1


async def test_a_change_before_the_first_draft_stops_the_fill(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    answer = editor.ask()
    await editor.engine.is_asked(1)
    editor.type("x = a‸\n")
    assert await answer == []
    assert editor.engine.stopped == 1


@pytest.mark.parametrize("is_told_by_a_draft", [True, False])
async def test_a_fill_that_turns_out_otherwise_is_begun_again(
    start_typing: StartTyping, is_told_by_a_draft: bool
) -> None:
    editor = await start_typing("x = ‸\n")
    editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    editor.type("x = a‸\n")
    answer = editor.ask()
    await editor.engine.is_joined()
    if is_told_by_a_draft:
        await editor.engine.draft("sub(a)")
        assert editor.engine.stopped == 1
    else:
        await editor.engine.end("sub(a)")
    await editor.engine.is_asked(2)
    await editor.engine.end("bs(a)")
    assert [item.insert_text for item in await answer] == ["bs(a)"]


async def test_a_cancelled_request_frees_the_engine(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    answer = editor.ask()
    await editor.engine.is_asked(1)
    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    await asyncio.sleep(0)
    assert editor.engine.stopped == 1


async def test_what_goes_on_from_a_menus_entry_is_still_there_once_that_is_accepted(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x.ap‸\n")
    word = types.Range(types.Position(0, 2), types.Position(0, 4))
    answer = editor.ask(selected=types.SelectedCompletionInfo(word, "append"))
    await editor.engine.is_asked(1)
    await editor.engine.end("(1)")
    assert [item.insert_text for item in await answer] == ["append(1)"]
    editor.type("x.append‸\n")
    assert await editor.texts() == ["(1)"]
    editor.type("x.append(‸\n")
    assert await editor.texts() == ["1)"]
    assert len(editor.engine.asked) == 1


async def test_a_document_that_is_closed_needs_no_fill(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    answer = editor.ask()
    await editor.engine.is_asked(1)
    editor.close()
    assert await answer == []
    assert editor.engine.stopped == 1


async def test_what_failed_is_not_known(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    answer = editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.fail(EngineUnavailableError("It died."))
    assert await answer == []
    assert await editor.filled("1") == ["1"]


async def test_while_one_types_nothing_is_suggested_to_who_wants_to_ask(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n", Settings(automatic=False))
    assert await editor.texts() == []
    assert await editor.filled("1", invoked=True) == ["1"]


async def test_the_engine_is_asked_only_once_the_typist_pauses(start_typing: StartTyping) -> None:
    slow = Settings(debounce_min_ms=600_000, debounce_max_ms=600_000)
    editor = await start_typing("x =‸\n", slow)
    editor.type("x = ‸\n")
    older = editor.ask()
    await asyncio.sleep(0.05)
    assert editor.engine.asked == []
    assert await editor.filled("1", "2", invoked=True) == ["1", "2"]
    assert await older == []


REST_OF_LINE = types.Range(types.Position(0, 5), types.Position(0, 6))


@pytest.mark.parametrize(
    ("can_replace", "settings", "expected"),
    [
        (True, Settings(debounce_max_ms=0), [("a):\n    pass", REST_OF_LINE)]),
        (True, Settings(debounce_max_ms=0, replaces_rest_of_line=False), []),
        (False, Settings(debounce_max_ms=0), []),
    ],
)
async def test_closers_of_the_editor_are_replaced_where_the_client_manages_that(
    start_typing: StartTyping,
    can_replace: bool,
    settings: Settings,
    expected: list[tuple[str, types.Range]],
) -> None:
    settings = replace(settings, debounce_min_ms=0)
    editor = await start_typing("if f‸\n", settings, can_replace_rest_of_line=can_replace)
    assert await editor.filled("(a):\n    pass") == ["(a):\n    pass"]
    editor.type("if f(‸)\n")
    answer = editor.ask()
    if not expected:
        await editor.engine.is_asked(2)
        await editor.engine.end()
    assert [(item.insert_text, item.range) for item in await answer] == expected


async def test_a_fill_under_way_is_not_joined_for_what_the_editor_cannot_show(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("if f‸\n")
    editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("(a):")
    editor.type("if f(‸)\n")
    answer = editor.ask()
    await editor.engine.is_joined()
    await editor.engine.end("(a):")
    await editor.engine.is_asked(2)
    await editor.engine.end("a")
    assert [item.insert_text for item in await answer] == ["a"]
