"""``textDocument/inlineCompletion`` with the model that ships with the package."""

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types

import mezzotint_infill

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
RunningEngines = Callable[[], list[psutil.Process]]

CHECKPOINT = Path(mezzotint_infill.__path__[0]) / "embedded" / "checkpoint"

pytestmark = pytest.mark.skipif(
    not CHECKPOINT.is_dir(), reason="The embedded model is still being trained."
)

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


async def test_a_function_is_completed_in_its_middle_as_anyone_would(
    start_editor: StartEditor, running_engines: RunningEngines
) -> None:
    end(running_engines())
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    assert await editor.suggestions() == []
    said = await editor.ready()
    assert "Loading the model embedded; there are no suggestions yet." in said
    assert await editor.suggestions() == [" z"]
    assert await editor.suggestions() == [" z"], "the same place, the same fill"


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
    assert await editor.suggestions() == [" z"]


async def test_a_change_under_way_makes_the_older_answer_empty(start_editor: StartEditor) -> None:
    editor = await start_editor(**PATIENT)
    editor.open(POINT)
    await editor.ready()
    answer = editor.ask()
    editor.change(POINT.replace("z", "w"))
    assert await answer.texts() == []
    assert await editor.suggestions() == [" w"]


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
    assert await editor.suggestions() == [" z"]
    assert len(editor.messages) == 1


def end(engines: list[psutil.Process]) -> None:
    for engine in engines:
        engine.kill()
    psutil.wait_procs(engines)
