"""Settings that change while the server runs, with an engine process for each model."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest
from lsprotocol import types

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
ScriptedModel = Callable[..., str]
RunningEngines = Callable[[], list[psutil.Process]]

SOURCE = "return‸\n"
PATIENCE_S = 60.0


def configure(editor: Any, *, push: bool, **settings: object) -> None:
    """Change the settings as VS Code does, which is asked for them, or as Neovim does."""
    editor.client.set_configuration({"mezzotint": settings})
    said = {"mezzotint": settings} if push else None
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(said))


async def suggests(editor: Any, expected: list[str]) -> None:
    """Wait until the editor's settings have come through."""
    async with asyncio.timeout(PATIENCE_S):
        while await editor.suggestions(invoked=True) != expected:  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("client", "push"), [("visual-studio-code", False), ("neovim", True)])
async def test_another_model_is_another_engine_and_the_rest_holds_from_the_next_request_on(
    start_editor: StartEditor,
    scripted_model: ScriptedModel,
    running_engines: RunningEngines,
    client: str,
    push: bool,
) -> None:
    one = scripted_model({"return": " one"})
    editor = await start_editor(client, model=one)
    editor.open(SOURCE)
    await editor.ready()
    assert await editor.suggestions(invoked=True) == [" one"]
    [engine] = running_engines()
    configure(editor, push=push, perLanguage={"python": {"enabled": False}})
    await suggests(editor, [])
    configure(editor, push=push, candidates=1)
    await suggests(editor, [" one"])
    assert running_engines() == [engine]
    another = scripted_model({"return": " two"}, step_s=0.001)
    configure(editor, push=push, model=another, candidates="many")
    await suggests(editor, [" two"])
    assert len(running_engines()) == 2
    [message] = editor.messages
    assert "“candidates”" in message


async def test_suggestions_go_off_and_on_by_command(
    start_editor: StartEditor, scripted_model: ScriptedModel
) -> None:
    editor = await start_editor(model=scripted_model({"return": " one"}))
    editor.open(SOURCE)
    await editor.ready()
    for command, arguments, expected in [
        ("mezzotint.disable", [], []),
        ("mezzotint.enable", [], [" one"]),
        ("mezzotint.snooze", [10], []),
        ("mezzotint.enable", [], [" one"]),
    ]:
        params = types.ExecuteCommandParams(command, arguments)
        await editor.client.workspace_execute_command_async(params)
        assert await editor.suggestions(invoked=True) == expected
