"""A suggestion as an entry of the completion menu."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server.features.acceptance import ACCEPT
from mezzotint_server.features.completion import LABEL_LENGTH, resolve_completion
from mezzotint_server.settings import Settings

StartTyping = Callable[..., Awaitable[Any]]
"""Makes a ``TypingEditor``, which is in conftest.py."""
PROMPT = Settings(debounce_min_ms=0, debounce_max_ms=0)


async def entry(editor: Any, *fills: str) -> types.CompletionItem:
    """The menu's one entry, once the engine has answered."""
    answer = asyncio.create_task(editor.menu())
    await editor.engine.is_asked(1)
    await editor.engine.end(*fills)
    menu = await answer
    assert menu.is_incomplete
    [item] = menu.items
    return item


@pytest.mark.parametrize(
    ("marked", "fill", "label", "start", "new_text"),
    [
        ("x = ‸\n", "add(a, b)", "add(a, b)", (0, 4), "add(a, b)"),
        ("x = ad‸\n", "d(a, b)", "add(a, b)", (0, 4), "add(a, b)"),
        ("def f(x):‸\n", "\n    y\n    z\n", "y …", (0, 9), "\n    y\n    z\n"),
        ("é = ‸\n", "a" * 60, "a" * (LABEL_LENGTH - 1) + "…", (0, 4), "a" * 60),
        ("x‸\r\ny\r\n", " = 1\nz", "x = 1 …", (0, 0), "x = 1\r\nz"),
        ("🦀ü‸\n", "x", "üx", (0, 2), "üx"),
    ],
)
async def test_an_entry_says_what_it_inserts(
    start_typing: StartTyping,
    marked: str,
    fill: str,
    label: str,
    start: tuple[int, int],
    new_text: str,
) -> None:
    editor = await start_typing(marked, PROMPT)
    editor.cursor.character += marked.partition("‸")[0].count("🦀")
    item = await entry(editor, fill)
    assert item.label == label
    assert item.text_edit == types.TextEdit(
        types.Range(types.Position(*start), editor.cursor), new_text
    )
    assert new_text.startswith((item.filter_text or "").rstrip("\r"))
    assert item.command is not None
    assert item.command.command == ACCEPT


async def test_the_menu_is_not_kept_waiting_and_finds_the_fill_the_next_time(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n", PROMPT)
    menu = await editor.menu()
    assert (menu.items, menu.is_incomplete) == ([], True)
    await editor.engine.end("add(a)")
    [item] = (await editor.menu()).items
    assert item.label == "add(a)"
    editor.type("x = ad‸\n")
    [item] = (await editor.menu()).items
    assert item.text_edit.new_text == "add(a)"
    assert (len(editor.engine.asked), editor.engine.stopped) == (1, 0)


@pytest.mark.parametrize(
    ("settings", "has_ghost_text", "is_asked"),
    [
        (PROMPT, False, True),
        (PROMPT, True, False),
        (Settings(debounce_min_ms=0, debounce_max_ms=0, completions=True), True, True),
        (Settings(enabled=False), False, False),
    ],
)
async def test_who_sees_ghost_text_has_no_entry_unless_they_want_one(
    start_typing: StartTyping, settings: Settings, has_ghost_text: bool, is_asked: bool
) -> None:
    editor = await start_typing("x = ‸\n", settings, can_show_ghost_text=has_ghost_text)
    menu = await editor.menu()
    assert menu.items == []
    assert menu.is_incomplete is is_asked
    assert bool(editor.engine.asked) is is_asked


async def test_a_menu_for_an_older_version_has_no_entry(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", PROMPT)
    answer = asyncio.create_task(editor.menu())
    await editor.engine.is_asked(1)
    await editor.engine.draft("add")
    editor.type("x = a‸\n")
    await editor.engine.end("add")
    assert (await answer).items == []


async def test_ghost_text_and_the_menu_wait_for_the_same_fill(start_typing: StartTyping) -> None:
    settings = Settings(debounce_min_ms=0, debounce_max_ms=0, completions=True)
    editor = await start_typing("x = ‸\n", settings, can_show_ghost_text=True)
    ghost = editor.ask()
    item = await entry(editor, "1")
    assert item.label == "1"
    assert [each.insert_text for each in await ghost] == ["1"]
    assert len(editor.engine.asked) == 1


@pytest.mark.parametrize(
    ("can_read_markdown", "fill", "expected"),
    [
        (True, "1", types.MarkupContent(types.MarkupKind.Markdown, "```python\n1\n```")),
        (True, "'```'", types.MarkupContent(types.MarkupKind.Markdown, "````python\n'```'\n````")),
        (False, "1", "1"),
    ],
)
async def test_the_documentation_shows_the_whole_fill(
    start_typing: StartTyping, can_read_markdown: bool, fill: str, expected: object
) -> None:
    editor = await start_typing("x = ‸\n", PROMPT, can_read_markdown=can_read_markdown)
    item = await entry(editor, fill)
    assert item.documentation is None
    assert resolve_completion(editor.server, item).documentation == expected


async def test_an_entry_of_somebody_else_stays_as_it_is(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", PROMPT)
    other = types.CompletionItem("other", data={"id": 1})
    assert resolve_completion(editor.server, other) == types.CompletionItem("other", data={"id": 1})
