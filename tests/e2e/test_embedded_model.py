"""``textDocument/inlineCompletion`` with the model that ships with the package."""

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
RunningEngines = Callable[[], list[psutil.Process]]

PATIENT = {"deadlineMs": 60_000}

POINT = """\
class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z =‸

    def as_tuple(self):
        return self.x, self.y, self.z
"""


@pytest.fixture(scope="module")
def engine_folder(shared_engine_folder: Path) -> Path:
    """One engine for all tests here, because its model takes a while to load."""
    return shared_engine_folder


async def test_a_function_is_completed_in_its_middle_and_the_file_parses(
    start_editor: StartEditor, running_engines: RunningEngines
) -> None:
    end(running_engines())
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    assert await editor.suggestions() == []
    said = await editor.ready()
    assert "Loading the model embedded; there are no suggestions yet." in said
    await check_fill(editor, POINT)


async def test_the_same_place_gets_the_same_suggestion(start_editor: StartEditor) -> None:
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    await editor.ready()
    first = await check_fill(editor, POINT)
    assert await editor.suggestions() == [first]


async def test_several_suggestions_are_different_and_stay_within_their_line(
    start_editor: StartEditor,
) -> None:
    editor = await start_editor(**PATIENT, candidates=3)
    editor.open(POINT)
    await editor.ready()
    texts = await editor.suggestions(invoked=True)
    assert 1 <= len(texts) <= 3
    assert len(set(texts)) == len(texts)
    assert all("\n" not in text for text in texts)
    ast.parse(POINT.replace("‸", texts[0]))


async def test_a_cancelled_request_is_answered_as_cancelled(start_editor: StartEditor) -> None:
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    await editor.ready()
    answer = editor.ask()
    answer.cancel()
    assert await answer.error_code() == types.LSPErrorCodes.RequestCancelled
    await check_fill(editor, POINT)


async def test_a_change_under_way_makes_the_older_answer_empty(start_editor: StartEditor) -> None:
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    await editor.ready()
    answer = editor.ask()
    changed = POINT.replace("z", "w")
    editor.change(changed)
    assert await answer.texts() == []
    await check_fill(editor, changed)


async def test_a_language_that_the_model_does_not_know_gets_an_empty_list(
    start_editor: StartEditor,
) -> None:
    editor = await start_editor(**PATIENT)
    editor.open("let x =‸;\n", language="javascript")
    await editor.ready()
    assert await editor.suggestions() == []


async def test_an_engine_killed_between_two_requests_comes_back_for_the_second(
    start_editor: StartEditor, running_engines: RunningEngines
) -> None:
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    await editor.ready()
    end(running_engines())
    await check_fill(editor, POINT)
    assert len(editor.messages) == 1


async def check_fill(editor: Any, document: str) -> str:
    """One suggestion, within its line, after which the file is Python."""
    [text] = await editor.suggestions()
    assert "\n" not in text
    ast.parse(document.replace("‸", text))
    return text


def end(engines: list[psutil.Process]) -> None:
    for engine in engines:
        engine.kill()
    psutil.wait_procs(engines)
