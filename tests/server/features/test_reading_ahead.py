"""The engine reads what is typed before it is asked to fill anything: when, where, and when not."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mezzotint_server.features.switching import disable
from mezzotint_server.settings import Settings
from mezzotint_server.suggestions import read_ahead as module

StartTyping = Callable[..., Awaitable[Any]]
"""Makes a ``TypingEditor``, which is in conftest.py."""

GPU = "cuda:0"
SETTINGS = Settings(debounce_min_ms=0, debounce_max_ms=0)


def close(editor: Any) -> None:
    editor.close()


def turn_off(editor: Any) -> None:
    disable(editor.server)


def leave(editor: Any) -> None:
    editor.server.leave()


@pytest.fixture(autouse=True)
def no_pause() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PAUSE_S", 0.0)
        yield


async def test_what_is_typed_is_read_up_to_the_cursor(start_typing: StartTyping) -> None:
    editor = await start_typing("x = 1\ny = ‸\n", device=GPU)
    editor.type_here("x")
    await all_is_done(editor)
    [hole] = editor.engine.read
    assert (hole.prefix, hole.suffix) == ("x = 1\ny = x", "\n")
    assert editor.engine.asked == []


async def test_what_is_read_ahead_is_the_hole_that_is_filled_then(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("def f(x):‸\n\n\ny = f(2)\n", device=GPU)
    editor.type_here("\n    ret")
    await all_is_done(editor)
    await editor.filled("urn x")
    assert editor.engine.read == [hole for hole, _ in editor.engine.asked]


@pytest.mark.parametrize("device", ["cpu", "", "mps"])
async def test_only_an_engine_on_a_gpu_is_asked(start_typing: StartTyping, device: str) -> None:
    editor = await start_typing("x = ‸\n", device=device)
    editor.type_here("y")
    await all_is_done(editor)
    assert editor.engine.read == []


async def test_of_several_keys_only_the_newest_counts(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    editor.type_here("a", "b", "c")
    await all_is_done(editor)
    assert prefixes(editor) == ["x = abc"]
    editor.type_here("d")
    await all_is_done(editor)
    assert prefixes(editor) == ["x = abc", "x = abcd"]
    assert editor.engine.reading == 1


async def test_what_has_been_read_is_no_obstacle_to_the_next(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    editor.engine.has_read.set()
    editor.type_here("a")
    await all_is_done(editor)
    assert editor.engine.reading == 0
    editor.type_here("b")
    await all_is_done(editor)
    assert prefixes(editor) == ["x = a", "x = ab"]


async def test_nothing_is_read_while_a_hole_is_filled(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    answer = editor.ask()
    await editor.engine.is_asked(1)
    await editor.engine.draft("add(?)")
    editor.type_here("a")
    await all_is_done(editor)
    assert editor.engine.read == []
    await editor.engine.end("add(a)")
    await answer


async def test_a_fill_that_comes_while_the_hole_is_looked_for_goes_before_it(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    release = await hold_up(editor)
    editor.type_here("a")
    await editor.engine.is_joined()
    with editor.server.status.filling():
        release.set()
        await all_is_done(editor)
    assert editor.engine.read == []


async def test_no_hole_is_looked_for_while_one_is_filled(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    release = await hold_up(editor)
    with editor.server.status.filling():
        editor.type_here("a")
        await editor.engine.is_joined()
    release.set()
    await all_is_done(editor)
    assert editor.engine.read == []


async def test_a_fill_that_is_void_now_is_no_obstacle(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    answer = editor.ask()
    await editor.engine.is_asked(1)
    editor.type_here("a")
    assert await answer == []
    await all_is_done(editor)
    assert prefixes(editor) == ["x = a"]


async def test_nothing_is_read_while_a_suggestion_is_typed_through(
    start_typing: StartTyping,
) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    assert await editor.filled("add(a)") == ["add(a)"]
    editor.type_here("a")
    await all_is_done(editor)
    assert editor.engine.read == []
    editor.type_here("b")
    await all_is_done(editor)
    assert prefixes(editor) == ["x = ab"]


@pytest.mark.parametrize(
    ("marked", "settings"),
    [
        ("x = a‸b\n", SETTINGS),
        ("x = ‸\n", replace(SETTINGS, automatic=False)),
        ("x = ‸\n", replace(SETTINGS, languages=("lua",))),
    ],
    ids=["in a word", "only when asked", "another language"],
)
async def test_where_nothing_is_suggested_nothing_is_read(
    start_typing: StartTyping, marked: str, settings: Settings
) -> None:
    editor = await start_typing(marked, settings, device=GPU)
    editor.type_here("c")
    await all_is_done(editor)
    assert editor.engine.read == []


async def test_a_text_that_is_new_as_a_whole_tells_no_place(start_typing: StartTyping) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    editor.type("x = a‸\n")
    await all_is_done(editor)
    assert editor.engine.read == []


@pytest.mark.parametrize("is_under_way", [True, False])
@pytest.mark.parametrize("go", [close, turn_off, leave])
async def test_nothing_is_read_for_a_document_that_is_left(
    start_typing: StartTyping, go: Callable[[Any], None], is_under_way: bool
) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    editor.type_here("a")
    if is_under_way:
        await all_is_done(editor)
        assert editor.engine.reading == 1
    go(editor)
    await all_is_done(editor)
    assert editor.engine.reading == 0
    assert len(editor.engine.read) == is_under_way


async def test_an_engine_that_fails_at_it_disturbs_nobody(
    start_typing: StartTyping, caplog: pytest.LogCaptureFixture
) -> None:
    editor = await start_typing("x = ‸\n", device=GPU)
    editor.engine.problem = ZeroDivisionError()
    editor.type_here("a")
    await all_is_done(editor)
    assert "Nothing was read ahead." in caplog.text
    assert await editor.filled("b") == ["b"]


async def hold_up(editor: Any) -> threading.Event:
    """Keep whoever wants to find a hole from it."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        release.wait()

    editor.holding = asyncio.create_task(editor.server.trees.run(hold))
    while not held.is_set():  # noqa: ASYNC110 - it is a thread that sets it
        await asyncio.sleep(0)
    return release


def prefixes(editor: Any) -> list[str]:
    return [hole.prefix for hole in editor.engine.read]


async def all_is_done(editor: Any) -> None:
    """Wait until what was begun has come as far as it can: its hole is found in one thread."""
    for _ in range(3):
        await editor.engine.is_joined()
        await editor.server.trees.run(lambda: None)
    await editor.engine.is_joined()
