"""``textDocument/inlineCompletion`` over standard input and output, with an engine process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest
from lsprotocol import types

from mezzotint_infill.infiller import EngineStatus
from mezzotint_server.log import log_path

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
ScriptedModel = Callable[..., str]
EngineBecomes = Callable[[str, EngineStatus], Awaitable[None]]
RunningEngines = Callable[[], list[psutil.Process]]

SOURCE = "def add(a, b):\n    return‸\n\n\nprint(add(1, 2))\n"
FILL = " a + b"
ANSWERS = {"return": FILL, "s = '🦀é';": " t = s"}
PATIENT = {"deadlineMs": 120_000}


@pytest.fixture
def model(scripted_model: ScriptedModel) -> str:
    """Answers at once."""
    return scripted_model(ANSWERS)


@pytest.fixture
def slow_model(scripted_model: ScriptedModel) -> str:
    """Takes ten minutes for a fill that nobody stops."""
    return scripted_model(ANSWERS, steps=12_000, step_s=0.05)


async def test_while_the_engine_starts_the_answer_is_empty_and_progress_tells_why(
    start_editor: StartEditor, model: str
) -> None:
    editor = await start_editor(model=model)
    editor.open(SOURCE)
    assert await editor.suggestions() == []
    said = await editor.ready()
    assert said[0] == "Starting the engine; there are no suggestions yet."
    assert said[-1] == "Ready."
    assert await editor.suggestions() == [FILL]
    assert await editor.suggestions(invoked=True) == [FILL]
    assert editor.messages == []


@pytest.mark.parametrize(("client", "column"), [("visual-studio-code", 10), ("neovim", 13)])
async def test_the_range_is_at_the_cursor_in_the_clients_own_units(
    start_editor: StartEditor, model: str, client: str, column: int
) -> None:
    editor = await start_editor(client, model=model)
    editor.open("\x0c\u2028\r\ns = '🦀é';\r\nt\r\n")
    await editor.ready()
    assert await editor.suggestions(types.Position(1, column)) == [" t = s"]


async def test_a_place_where_nothing_can_be_suggested_gets_an_empty_list(
    start_editor: StartEditor, model: str
) -> None:
    editor = await start_editor(model=model)
    editor.open(SOURCE)
    await editor.ready()
    assert await editor.suggestions(uri="file:///work/never-opened.py") == []
    assert await editor.suggestions(types.Position(99, 0)) == []


async def test_a_language_that_is_not_wanted_gets_an_empty_list(
    start_editor: StartEditor, model: str
) -> None:
    editor = await start_editor(model=model, languages=["python"])
    editor.open(SOURCE, language="cobol")
    await editor.ready()
    assert await editor.suggestions() == []


async def test_a_newer_request_for_the_document_supersedes_the_one_under_way(
    start_editor: StartEditor, scripted_model: ScriptedModel, engine_becomes: EngineBecomes
) -> None:
    model = scripted_model(ANSWERS, steps=20, step_s=0.1)
    editor = await start_editor(model=model, **PATIENT)
    editor.open(SOURCE)
    await editor.ready()
    older = editor.ask()
    await engine_becomes(model, EngineStatus.BUSY)
    newer = editor.ask()
    assert await older.texts() == []
    assert not newer.is_there
    assert await newer.texts() == [FILL]


async def test_a_change_under_way_makes_the_older_answer_empty_and_frees_the_engine(
    start_editor: StartEditor, slow_model: str, engine_becomes: EngineBecomes
) -> None:
    editor = await start_editor(model=slow_model, **PATIENT)
    editor.open(SOURCE)
    await editor.ready()
    answer = editor.ask()
    await engine_becomes(slow_model, EngineStatus.BUSY)
    editor.change(SOURCE.replace("return", "return a"))
    assert await answer.texts() == []
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_a_cancelled_request_is_answered_as_cancelled_and_frees_the_engine(
    start_editor: StartEditor, slow_model: str, engine_becomes: EngineBecomes
) -> None:
    editor = await start_editor(model=slow_model, **PATIENT)
    editor.open(SOURCE)
    await editor.ready()
    answer = editor.ask()
    await engine_becomes(slow_model, EngineStatus.BUSY)
    answer.cancel()
    assert await answer.error_code() == types.LSPErrorCodes.RequestCancelled
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_a_fill_that_is_far_over_its_deadline_is_given_up(
    start_editor: StartEditor, slow_model: str, engine_becomes: EngineBecomes
) -> None:
    editor = await start_editor(model=slow_model, deadlineMs=1)
    editor.open(SOURCE)
    await editor.ready()
    assert await editor.suggestions() == []
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_an_engine_killed_between_two_requests_comes_back_for_the_second(
    start_editor: StartEditor, model: str, running_engines: RunningEngines
) -> None:
    editor = await start_editor(model=model)
    editor.open(SOURCE)
    await editor.ready()
    assert await editor.suggestions() == [FILL]
    [engine] = running_engines()
    engine.kill()
    psutil.wait_procs([engine])
    editor.change(SOURCE.replace("a, b)", "a, b, c)"))
    assert await editor.suggestions() == [FILL]
    [another] = running_engines()
    assert another != engine
    [message] = editor.messages
    assert "started again" in message


async def test_an_engine_killed_under_way_costs_one_suggestion(
    start_editor: StartEditor,
    slow_model: str,
    running_engines: RunningEngines,
    engine_becomes: EngineBecomes,
) -> None:
    editor = await start_editor(model=slow_model, **PATIENT)
    editor.open(SOURCE)
    await editor.ready()
    answer = editor.ask()
    await engine_becomes(slow_model, EngineStatus.BUSY)
    [engine] = running_engines()
    engine.kill()
    assert await answer.texts() == []
    again = editor.ask()
    await engine_becomes(slow_model, EngineStatus.BUSY)
    again.cancel()
    assert await again.error_code() == types.LSPErrorCodes.RequestCancelled
    assert len(editor.messages) == 1


async def test_two_servers_started_at_once_share_one_engine(
    start_editor: StartEditor, model: str, running_engines: RunningEngines
) -> None:
    editors = await asyncio.gather(start_editor(model=model), start_editor(model=model))
    for editor in editors:
        editor.open(SOURCE)
        await editor.ready()
    both = await asyncio.gather(*(editor.suggestions() for editor in editors))
    assert both == [[FILL], [FILL]]
    assert len(running_engines()) == 1


async def test_the_engine_stays_when_its_editor_leaves(
    start_editor: StartEditor, model: str, running_engines: RunningEngines
) -> None:
    editor = await start_editor(model=model)
    await editor.ready()
    [engine] = running_engines()
    await editor.leave()
    assert running_engines() == [engine]


async def test_a_model_that_cannot_be_loaded_is_told_once_and_the_server_stays(
    start_editor: StartEditor,
) -> None:
    editor = await start_editor(model="scripted:/nowhere/at/all.json")
    editor.open(SOURCE)
    assert (await editor.ready())[-1] == "No suggestions: the engine is not ready."
    assert await editor.suggestions() == []
    assert await editor.suggestions() == []
    [message] = editor.messages
    assert "/nowhere/at/all.json" in message


async def test_bad_settings_are_told_once_and_a_server_that_is_switched_off_starts_no_engine(
    start_editor: StartEditor, running_engines: RunningEngines
) -> None:
    editor = await start_editor(enabled=False, candidates="many", deadlineMS=1)
    editor.open(SOURCE)
    assert await editor.suggestions() == []
    assert running_engines() == []
    [message] = editor.messages
    assert "“candidates” must be a whole number from 1 to 8" in message
    assert "There is no setting “deadlineMS”" in message


async def test_the_log_tells_what_happened_and_holds_nothing_of_the_source(
    start_editor: StartEditor, model: str
) -> None:
    editor = await start_editor(model=model)
    editor.open(f"private = 1\n{SOURCE}")
    await editor.ready()
    assert await editor.suggestions() == [FILL]
    malformed: dict[str, object] = {
        "textDocument": {"uri": "", "version": "private"},
        "contentChanges": [],
    }
    editor.client.protocol._send_data(
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": malformed}
    )
    await editor.leave()
    log = log_path().read_text("utf-8")
    assert "1 suggestions in" in log
    assert "cannot be read: textDocument/didChange" in log
    assert "private" not in log
    assert FILL not in log
