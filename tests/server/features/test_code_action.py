"""Which actions are offered where, and as what; ‹ and › mark what is selected."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server import feedback as say
from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.features.code_action import code_action
from mezzotint_server.features.code_action_resolve import resolve_code_action
from mezzotint_server.setting import Preset
from mezzotint_server.settings import Settings

URI = "file:///a.py"
ONE_PRESET = Settings(model="other", presets=(Preset("simplify", "Simplify."),))
ACTIONS = ClientCapabilities(can_take_actions=True)
RENOISED = ["Touch up", "Rework", "Rewrite freely", "Repair what is least likely"]
StartTyping = Callable[..., Awaitable[Any]]


@pytest.fixture
async def offered(start_typing: StartTyping) -> Callable[..., Awaitable[list[Any]]]:
    """The actions for some marked text."""

    async def ask(
        marked: str,
        settings: Settings = ONE_PRESET,
        client: ClientCapabilities = ACTIONS,
        **context: Any,
    ) -> list[Any]:
        editor = await start_typing("‸", settings)
        editor.server.client = client
        editor.close()
        editor.open(re.sub("[‹›]", "", marked))
        start, end = (_position(marked.partition(mark)[0]) for mark in "‹›")
        context = {"diagnostics": [], **context}
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(URI),
            types.Range(start, end),
            types.CodeActionContext(**context),
        )
        actions = await code_action(editor.server, params)
        assert editor.engine.asked == []
        return actions

    return ask


Offered = Callable[..., Awaitable[list[Any]]]


@pytest.mark.parametrize(
    ("marked", "context", "titles"),
    [
        ("‹x = 1›\n", {}, ["Rewrite: simplify", *RENOISED]),
        ("x = ‹›1\n", {}, ["Rewrite: simplify", *RENOISED]),
        ("x = 1\n‹›\n", {}, []),
        ("‹ \n›x\n", {}, []),
        ("x = ‹›1\n", {"trigger_kind": types.CodeActionTriggerKind.Automatic}, []),
        (
            "def f():\n    ‹›...\n",
            {"trigger_kind": types.CodeActionTriggerKind.Automatic},
            ["Fill the hole here"],
        ),
        (
            "‹def f():\n    ...\ndef g():\n    ...›\n",
            {"only": ["refactor.rewrite.mezzotint.fillHoles"]},
            ["Fill all 2 holes here"],
        ),
        ("‹# sort\nx = 1›\n", {"only": ["refactor.rewrite.mezzotint.instruction"]}, [
            "Rewrite as the comment at the top says"
        ]),
        ("‹x = 1›\n", {"only": ["refactor"]}, ["Rewrite: simplify", *RENOISED]),
        ("‹x = 1›\n", {"only": ["refactor.rewrite.mezzotint.rework"]}, ["Rework"]),
        ("‹x = 1›\n", {"only": ["refactor.rewrite.mezz"]}, []),
        ("‹x = 1›\n", {"only": ["quickfix", "source"]}, []),
    ],
)  # fmt: skip
async def test_what_is_offered_depends_on_what_is_marked(
    offered: Offered, marked: str, context: dict[str, Any], titles: list[str]
) -> None:
    assert [it.title for it in await offered(marked, **context)] == titles


@pytest.mark.parametrize(
    ("wrong", "command", "where"),
    [
        ((0, 4, 0, 7), "mezzotint.fillHoles", "ranges"),
        ((0, 4, 0, 4), "mezzotint.repair", "range"),
        ((0, 4, 1, 5), "mezzotint.repair", "range"),
        ((9, 0, 9, 5), "mezzotint.repair", "range"),
    ],
)
async def test_what_is_said_to_be_wrong_can_be_repaired(
    offered: Offered, wrong: tuple[int, int, int, int], command: str, where: str
) -> None:
    start, end = types.Position(*wrong[:2]), types.Position(*wrong[2:])
    diagnostic = types.Diagnostic(types.Range(start, end), f"Undefined\nname. {'x' * 100}")
    [action] = await offered("x = ‹›fooo(1)\ny = 2\n", diagnostics=[diagnostic], only=["quickfix"])
    assert action.kind == "quickfix.mezzotint.repair"
    assert action.diagnostics == [diagnostic]
    assert action.title.startswith("Repair: Undefined name. xx")
    assert len(action.title) == 60
    assert action.command.command == command
    assert where in action.command.arguments[0]


@pytest.mark.parametrize(
    ("settings", "titles"),
    [
        (Settings(), RENOISED),
        (Settings(enabled=False), []),
        (Settings(model="other", languages=("rust",)), []),
        (Settings(model="other", presets=()), RENOISED),
    ],
)
async def test_what_is_offered_depends_on_the_settings(
    offered: Offered, settings: Settings, titles: list[str]
) -> None:
    assert [it.title for it in await offered("‹x = 1›\n", settings)] == titles


async def test_who_shows_it_is_told_why_a_model_takes_no_instruction(offered: Offered) -> None:
    client = ClientCapabilities(can_take_actions=True, can_show_disabled=True)
    actions = await offered("‹x = 1›\n", Settings(), client)
    assert {it.disabled.reason for it in actions if it.disabled} == {say.NO_INSTRUCTIONS}
    assert [it.title for it in actions if not it.disabled] == RENOISED
    assert all((it.command is None) is bool(it.disabled) for it in actions)


async def test_who_can_ask_for_an_instruction_is_left_to_do_so(offered: Offered) -> None:
    client = ClientCapabilities(can_take_actions=True, can_ask_for_instructions=True)
    action = (await offered("‹# sort\nx = 1›\n", ONE_PRESET, client))[0]
    assert action.title == "Rewrite with an instruction…"
    assert action.command.command == "mezzotint.askInstruction"
    assert action.command.arguments == [
        {
            "uri": URI,
            "version": 1,
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 5}},
        }
    ]


async def test_a_command_comes_with_the_action_or_when_it_is_chosen(offered: Offered) -> None:
    at_once = (await offered("‹x = 1›\n"))[0]
    client = ClientCapabilities(can_take_actions=True, can_resolve_commands=True)
    later = (await offered("‹x = 1›\n", client=client))[0]
    assert later.command is None
    # The editor sends it back as plain data.
    assert resolve_code_action(None, later).command == at_once.command  # pyright: ignore[reportArgumentType]
    assert at_once.command.arguments[0]["instruction"] == "Simplify."


async def test_an_action_of_somebody_else_stays_as_it_is() -> None:
    action = types.CodeAction("Other", data={"id": 1})
    assert resolve_code_action(None, action) == types.CodeAction("Other", data={"id": 1})  # pyright: ignore[reportArgumentType]


async def test_an_editor_without_actions_gets_commands(offered: Offered) -> None:
    commands = await offered("‹x = 1›\n", Settings(), ClientCapabilities())
    assert [(type(it), it.title) for it in commands] == [(types.Command, it) for it in RENOISED]


async def test_who_marks_what_a_model_makes_is_told(offered: Offered) -> None:
    client = ClientCapabilities(can_take_actions=True, can_mark_generated=True)
    actions = await offered("‹x = 1›\n", client=client)
    assert {tuple(it.tags) for it in actions} == {(types.CodeActionTag.LlmGenerated,)}


async def test_a_range_that_is_not_there_has_no_actions(start_typing: StartTyping) -> None:
    editor = await start_typing("x‸\n", ONE_PRESET)
    there, nowhere = types.Position(0, 0), types.Position(9, 0)
    for uri, end in ((URI, nowhere), ("file:///b.py", there)):
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(there, end),
            types.CodeActionContext([]),
        )
        assert await code_action(editor.server, params) == []


def _position(before: str) -> types.Position:
    text = re.sub("[‹›]", "", before)
    return types.Position(text.count("\n"), len(text.rpartition("\n")[2]))
