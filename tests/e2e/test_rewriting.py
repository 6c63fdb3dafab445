"""Code actions, from the menu to the edit, as three editors ask for them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Union

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mezzotint_server.feedback import CHANGED_MEANWHILE, NOTHING_FOUND

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""
ScriptedModel = Callable[..., str]

URI = "file:///work/example.py"
FUNCTIONS = "def one():\n    ...\n\n\ndef two():\n    return ...\n"
FILLED = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
ANSWERS = {"": "return 1", "return": "2", "x = foo(1)": "x = bar(1)"}
EDITORS = ["visual-studio-code", "neovim", "emacs"]
CANCELLED = -32800
INVALID_PARAMS = -32602


class Actions:
    """What an editor's user does with code actions; edits are made as they come."""

    def __init__(self, editor: Any, text: str) -> None:
        self.editor, self.text = editor, text
        self.edits: list[types.WorkspaceEdit] = []
        self.opened: asyncio.Queue[types.ProgressToken] = asyncio.Queue()
        self.client = editor.client
        # Not the method itself: pygls writes on what it is given.
        self.client.feature(types.WORKSPACE_APPLY_EDIT)(partial(self._make))
        # lsprotocol takes every action that has a command for one.
        converter = self.client.protocol._converter  # pyright: ignore[reportPrivateUsage]

        def structure(given: dict[str, Any], _: type) -> types.CodeAction:
            return converter.structure(given, types.CodeAction)

        converter.register_structure_hook(
            Union[types.Command, types.CodeAction],  # noqa: UP007 - looked up as it is written there
            structure,
        )
        editor.open(text)

    async def offered(self, start: tuple[int, int], end: tuple[int, int]) -> list[types.CodeAction]:
        """Wait until the engine is there: before, there are the same actions."""
        await self.editor.ready()
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(URI),
            types.Range(types.Position(*start), types.Position(*end)),
            types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked),
        )
        return list(await self.client.text_document_code_action_async(params))

    async def choose(self, actions: list[types.CodeAction], title: str) -> None:
        """As editors do it: resolve if there is neither an edit nor a command, then execute."""
        [action] = [it for it in actions if it.title == title]
        if action.command is None:
            action = await self.client.code_action_resolve_async(action)
        assert action.command is not None
        await self.execute(action.command.command, *(action.command.arguments or ()))

    def execute(self, command: str, *arguments: Any) -> Any:
        params = types.ExecuteCommandParams(command, arguments=list(arguments))
        return self.client.workspace_execute_command_async(params)

    async def _make(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.edits.append(params.edit)
        for edit in reversed(edits_of(params.edit)):
            start, end = (self._offset(at) for at in (edit.range.start, edit.range.end))
            self.text = self.text[:start] + edit.new_text + self.text[end:]
        self.editor.change(self.text)
        return types.ApplyWorkspaceEditResult(applied=True)

    def _offset(self, position: types.Position) -> int:
        lines = self.text.splitlines(keepends=True)
        return sum(map(len, lines[: position.line])) + position.character


def edits_of(edit: types.WorkspaceEdit) -> list[Any]:
    if edit.changes is not None:
        [edits] = edit.changes.values()
        return list(edits)
    [document] = edit.document_changes or [None]
    assert isinstance(document, types.TextDocumentEdit)
    return list(document.edits)


@pytest.mark.parametrize("name", EDITORS)
async def test_all_holes_of_a_selection_are_filled_at_once(
    start_editor: StartEditor, scripted_model: ScriptedModel, name: str
) -> None:
    editor = await start_editor(name, model=scripted_model(ANSWERS))
    actions = Actions(editor, FUNCTIONS)
    offered = await actions.offered((0, 0), (5, 14))
    await actions.choose(offered, "Fill all 2 holes here")
    assert actions.text == FILLED
    [edit] = actions.edits
    assert len(edits_of(edit)) == 2
    assert (edit.changes is not None) is (name == "neovim")
    assert bool(edit.change_annotations) is (name == "visual-studio-code")
    if edit.document_changes:
        assert edit.document_changes[0].text_document.version == 1  # pyright: ignore[reportAttributeAccessIssue]
    assert editor.messages == []


@pytest.mark.parametrize("name", EDITORS)
async def test_the_statement_at_the_cursor_is_touched_up(
    start_editor: StartEditor, scripted_model: ScriptedModel, name: str
) -> None:
    editor = await start_editor(name, model=scripted_model(ANSWERS))
    actions = Actions(editor, "y = 2\nx = foo(1)\nz = 3\n")
    await actions.choose(await actions.offered((1, 3), (1, 3)), "Touch up")
    assert actions.text == "y = 2\nx = bar(1)\nz = 3\n"
    [edit] = edits_of(actions.edits[0])
    assert (edit.range.start.character, edit.new_text) == (4, "bar")


@pytest.mark.parametrize("how", ["request", "progress", "newer"])
async def test_a_rewriting_can_be_given_up(
    start_editor: StartEditor, scripted_model: ScriptedModel, how: str
) -> None:
    model = scripted_model(ANSWERS, steps=10_000, step_s=0.01)
    editor = await start_editor("neovim", model=model)
    actions = Actions(editor, "x = foo(1)\n")
    await actions.offered((0, 0), (0, 0))
    known = set(editor.client.progress_reports)
    argument = {"uri": URI, "range": range_of(0, 0, 0, 10), "strength": 0.2}
    params = types.ExecuteCommandParams("mezzotint.rewrite", arguments=[argument])
    answer = asyncio.wrap_future(
        editor.client.protocol.send_request(
            types.WORKSPACE_EXECUTE_COMMAND, params, msg_id="rewriting"
        )
    )
    async with asyncio.timeout(60):
        while not (new := set(editor.client.progress_reports) - known):
            await editor.client.wait_for_notification(types.PROGRESS)
    [token] = new
    begun = editor.client.progress_reports[token][0]
    assert begun.cancellable is True
    if how == "request":
        editor.client.cancel_request(types.CancelParams("rewriting"))
        with pytest.raises(JsonRpcException) as refused:
            await asyncio.wait_for(answer, 60)
        assert refused.value.code == CANCELLED
    elif how == "progress":
        cancel = types.WorkDoneProgressCancelParams(token)
        editor.client.window_work_done_progress_cancel(cancel)
        assert await asyncio.wait_for(answer, 60) is None
    else:
        editor.change("x = food(1)\n")
        assert await asyncio.wait_for(answer, 60) is None
        assert editor.messages == [f"mezzotint: {CHANGED_MEANWHILE}"]
    async with asyncio.timeout(60):
        while editor.client.progress_reports[token][-1].kind != "end":
            await editor.client.wait_for_notification(types.PROGRESS)
    assert actions.edits == []
    # The engine is free: the next fill does not wait for the one that was given up.
    assert editor.process.returncode is None


async def test_the_model_that_ships_fills_several_holes_and_touches_up(
    start_editor: StartEditor,
) -> None:
    editor = await start_editor("visual-studio-code", rewriteDeadlineMs=60_000)
    source = "class P:\n    def __init__(self, x):\n        ...\n\n    def x(self):\n        return ...\n"
    actions = Actions(editor, source)
    offered = await actions.offered((0, 0), (5, 18))
    assert "Rewrite: simplify" not in [it.title for it in offered if it.disabled is None]
    await actions.choose(offered, "Fill all 2 holes here")
    first, middle, last = re.split(r"\.\.\.", source)
    filled = re.fullmatch(
        f"{re.escape(first)}(.+){re.escape(middle)}(.+){last}", actions.text, re.DOTALL
    )
    assert filled is not None
    assert "..." not in filled.groups()
    await actions.choose(await actions.offered((1, 4), (2, 0)), "Rewrite freely")
    assert len(actions.edits) == 2 or editor.messages == [f"mezzotint: {NOTHING_FOUND}"]
    assert actions.text.startswith("class P:\n    ")


async def test_ranges_that_make_no_sense_are_answered_with_a_sentence(
    start_editor: StartEditor, scripted_model: ScriptedModel
) -> None:
    editor = await start_editor("visual-studio-code", model=scripted_model(ANSWERS))
    actions = Actions(editor, "x = '🦀'\n")
    await editor.ready()
    for ranges, sentence in (
        ([range_of(0, 0, 0, 4), range_of(0, 2, 0, 3)], "overlap"),
        ([range_of(7, 0, 7, 0)], "There is no line 8"),
        ([range_of(0, 0, 0, 6)], "in the middle of a character"),
    ):
        with pytest.raises(JsonRpcException, match=sentence) as refused:
            await actions.execute("mezzotint.fillHoles", {"uri": URI, "ranges": ranges})
        assert refused.value.code == INVALID_PARAMS


def range_of(line: int, character: int, last: int, end: int) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": line, "character": character},
        "end": {"line": last, "character": end},
    }
