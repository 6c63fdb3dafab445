"""What becomes of ghost text: rejected, it stays away; accepted, it is counted and gone on from."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from mezzotint_server.features.acceptance import accept, reject
from mezzotint_server.suggestions.shown import SEEN_AFTER_S
from mezzotint_server.suggestions.tally import Counts, read_counts, tally_path

StartTyping = Callable[..., Awaitable[Any]]
"""Makes a ``TypingEditor``, which is in conftest.py."""


async def test_rejected_text_is_not_shown_again_at_its_place(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    assert await editor.filled("1") == ["1"]
    reject(editor.server)
    assert await editor.texts() == []
    assert await editor.filled("1", "2", invoked=True) == ["2"]
    editor.type("x = ‸\ny\n")
    assert await editor.filled("1") == ["1"]


async def test_who_types_something_else_has_rejected_what_they_could_read(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n")
    await editor.filled("1")
    await asyncio.sleep(SEEN_AFTER_S)
    editor.type("x = a‸\n")
    editor.type("x = ‸\n")
    assert await editor.texts() == []


async def test_who_types_on_at_once_has_rejected_nothing(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    await editor.filled("1")
    editor.type("x = a‸\n")
    editor.type("x = ‸\n")
    assert await editor.texts() == ["1"]


async def test_the_next_fill_is_begun_when_one_is_accepted(start_typing: StartTyping) -> None:
    editor = await start_typing("if x:\n    ‸\n")
    await editor.filled("y = 1\n    z =")
    editor.type("if x:\n    y = 1\n    z =‸\n")
    await editor.engine.is_asked(2)
    assert editor.engine.asked[1][0].prefix.endswith("z =")
    await editor.engine.end(" 2")
    assert await editor.texts() == [" 2"]
    assert len(editor.engine.asked) == 2


async def test_what_is_begun_ahead_can_be_joined(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n")
    await editor.filled("a +")
    editor.type("x = a +‸\n")
    await editor.engine.is_asked(2)
    answer = editor.ask()
    await editor.engine.end(" b")
    assert [item.insert_text for item in await answer] == [" b"]
    assert len(editor.engine.asked) == 2


async def test_what_was_shown_and_accepted_is_counted(start_typing: StartTyping) -> None:
    tally_path().unlink(missing_ok=True)
    editor = await start_typing("x = ‸\n")
    await editor.filled("add(a)")
    editor.type("x = add(a)‸\n")
    await editor.filled("[0]")
    [item] = await editor.ask()
    accept(editor.server, *item.command.arguments)
    accept(editor.server, *item.command.arguments)
    accept(editor.server, "unheard of")
    accept(editor.server)
    await asyncio.sleep(0)
    editor.server.tally.flush()
    [counts] = read_counts()
    assert (counts.language, counts.shown, counts.accepted, counts.characters) == (
        "python", 2, 2, 9,
    )  # fmt: skip


async def test_the_editors_word_corrects_the_counts(start_typing: StartTyping) -> None:
    tally_path().unlink(missing_ok=True)
    editor = await start_typing("x = ‸\n")
    await editor.filled("1")
    [item] = await editor.ask()
    reject(editor.server, *item.command.arguments)
    editor.server.tally.flush()
    assert read_counts() == (Counts("python", 1, 0, 1, 0),)
    accept(editor.server, *item.command.arguments)
    editor.server.tally.flush()
    assert read_counts() == (Counts("python", 1, 1, 0, 1),)
