"""What becomes of a suggestion while its user types on, with the model that ships."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
RunningEngines = Callable[[], list[psutil.Process]]

URI = "file:///work/example.py"
PATIENT = {"deadlineMs": 60_000, "debounceMinMs": 0, "debounceMaxMs": 0}

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


async def test_typing_through_and_deleting_back_needs_no_engine(
    start_editor: StartEditor, running_engines: RunningEngines
) -> None:
    editor, text = await suggested(start_editor)
    for engine in running_engines():
        engine.kill()
    typed = [text[:count] for count in range(len(text))]
    for each in [*typed, *reversed(typed)]:
        editor.change(POINT.replace("‸", f"{each}‸"))
        assert await editor.suggestions() == [text.removeprefix(each)]
    assert editor.messages == []


async def test_what_is_accepted_is_counted_on_this_machine(start_editor: StartEditor) -> None:
    editor, text = await suggested(start_editor)
    assert stats() == []
    editor.change(POINT.replace("‸", f"{text}‸"))
    await editor.suggestions()
    await editor.leave()
    assert stats() == [
        {
            "language": "python",
            "shown": 1,
            "accepted": 1,
            "rejected": 0,
            "characters": len(text),
        }
    ]


async def test_the_editors_word_is_taken_and_rejected_text_not_shown_again(
    start_editor: StartEditor,
) -> None:
    editor, _ = await suggested(start_editor)
    answer = await editor.ask().items()
    [name] = answer[0].command.arguments
    await execute(editor, "mezzotint.reject", name)
    assert await editor.suggestions() == []
    await execute(editor, "mezzotint.accept", name)
    await editor.leave()
    [counts] = stats()
    assert (counts["shown"], counts["accepted"], counts["rejected"]) == (1, 1, 0)


async def test_an_editor_without_ghost_text_finds_it_in_the_menu(
    start_editor: StartEditor,
) -> None:
    editor = await start_editor("emacs", **PATIENT)
    editor.open(POINT)
    await editor.ready()
    params = types.CompletionParams(types.TextDocumentIdentifier(URI), editor.cursor)
    while not (menu := await editor.client.text_document_completion_async(params)).items:
        assert menu.is_incomplete
    [entry] = menu.items
    assert entry.label == entry.text_edit.new_text.strip()
    assert entry.text_edit.range == types.Range(editor.cursor, editor.cursor)
    shown = await editor.client.completion_item_resolve_async(entry)
    assert shown.documentation == entry.text_edit.new_text


async def suggested(start_editor: StartEditor) -> tuple[Any, str]:
    """An editor that shows a suggestion, and its text."""
    editor = await start_editor("neovim", **PATIENT)
    editor.open(POINT)
    await editor.ready()
    [text] = await editor.suggestions()
    assert len(text) > 1
    return editor, text


async def execute(editor: Any, command: str, *arguments: str) -> None:
    params = types.ExecuteCommandParams(command, arguments=list(arguments))
    await editor.client.workspace_execute_command_async(params)


def stats() -> list[dict[str, Any]]:
    """What the command line tells."""
    command = [sys.executable, "-m", "mezzotint_server", "stats", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["languages"]
