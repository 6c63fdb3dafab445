"""The commands that turn suggestions on and off."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server.app import create_server
from mezzotint_server.documents import Document
from mezzotint_server.features.switching import disable, enable, snooze
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

Talk = Callable[..., Awaitable[list[dict[str, Any]]]]
ScriptedEngine = Callable[..., Any]

INVALID_PARAMS = -32602
INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}
INITIALIZED: dict[str, Any] = {"jsonrpc": "2.0", "method": "initialized", "params": {}}


def command(name: str, *arguments: object) -> dict[str, Any]:
    params = {"command": name, **({"arguments": list(arguments)} if arguments else {})}
    return {"jsonrpc": "2.0", "id": 1, "method": "workspace/executeCommand", "params": params}


@pytest.fixture
def server(scripted_engine: ScriptedEngine) -> MezzotintServer:
    server = create_server(lambda _: scripted_engine(), Settings(enabled=False))
    server.documents.open(types.TextDocumentItem("file:///a.py", "python", 1, ""))
    return server


def is_on(server: MezzotintServer) -> bool:
    document = server.documents.get("file:///a.py")
    assert isinstance(document, Document)
    return server.settings_for(document).covers("python")


async def test_suggestions_go_on_and_off_by_command(server: MezzotintServer) -> None:
    assert not is_on(server)
    enable(server)
    assert is_on(server)
    assert server.engine is not None
    disable(server)
    assert not is_on(server)
    snooze(server, 1)
    enable(server)
    assert is_on(server)
    server.leave()


async def test_a_snooze_ends_by_itself_and_leaves_what_was_off_off(server: MezzotintServer) -> None:
    enable(server)
    snooze(server, 0.01)
    assert not is_on(server)
    while not is_on(server):  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0.001)
    disable(server)
    snooze(server, 0.0001)
    while server.switch.is_snoozing:  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0.001)
    assert not is_on(server)
    server.leave()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (command("mezzotint.enable"), None),
        (command("mezzotint.disable"), None),
        (command("mezzotint.snooze"), None),
        (command("mezzotint.snooze", 30), None),
        (command("mezzotint.snooze", 0.5), None),
        (command("mezzotint.snooze", 0), INVALID_PARAMS),
        (command("mezzotint.snooze", "long"), INVALID_PARAMS),
        (command("mezzotint.snooze", True), INVALID_PARAMS),
        (command("mezzotint.snooze", 1, 2), INVALID_PARAMS),
        (command("mezzotint.enable", {}), INVALID_PARAMS),
        (command("mezzotint.disable", 1), INVALID_PARAMS),
    ],
)
async def test_a_command_is_answered_and_its_arguments_are_looked_at(
    talk: Talk, asked: dict[str, Any], code: int | None
) -> None:
    written = await talk(INITIALIZE, INITIALIZED, asked, answers=2)
    [first, second] = [message for message in written if "method" not in message]
    offered = first["result"]["capabilities"]["executeCommandProvider"]["commands"]
    assert asked["params"]["command"] in offered
    assert second.get("error", {}).get("code") == code
