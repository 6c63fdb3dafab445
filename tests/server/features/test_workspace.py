"""The folders and files around the open documents."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server.app import create_server
from mezzotint_server.features.workspace import roots_of
from mezzotint_server.settings import Settings

Talk = Callable[..., Awaitable[list[dict[str, Any]]]]


def initialize(**params: object) -> dict[str, Any]:
    known: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}, **params}
    return {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": known}


INITIALIZED: dict[str, Any] = {"jsonrpc": "2.0", "method": "initialized", "params": {}}
SHUTDOWN = {"jsonrpc": "2.0", "id": 1, "method": "shutdown"}
WATCHING = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}


@pytest.mark.parametrize(("capabilities", "count"), [({}, 0), (WATCHING, 1)])
async def test_files_are_watched_where_the_client_can(
    talk: Talk, capabilities: dict[str, Any], count: int
) -> None:
    written = await talk(initialize(capabilities=capabilities), INITIALIZED, SHUTDOWN, answers=2)
    asked = [message for message in written if message.get("method") == "client/registerCapability"]
    assert len(asked) == count
    globs = [
        watcher["globPattern"]
        for message in asked
        for registration in message["params"]["registrations"]
        for watcher in registration["registerOptions"]["watchers"]
    ]
    assert all("py," in globs[0] for _ in asked)
    assert all("**/.mezzotintignore" in globs for _ in asked)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, []),
        ({"rootUri": "file:///w/a"}, ["/w/a"]),
        (
            {
                "rootUri": "file:///w/a",
                "workspaceFolders": [
                    {"uri": "file:///w/b%20c", "name": "b"},
                    {"uri": "file:///w/d", "name": "d"},
                ],
            },
            ["/w/b c", "/w/d"],
        ),
        ({"rootUri": "untitled:x"}, []),
    ],
)
def test_the_folders_that_the_editor_has_open(params: dict[str, Any], expected: list[str]) -> None:
    server = create_server(lambda _: None, Settings())  # pyright: ignore[reportArgumentType] - never connects
    folders = [
        types.WorkspaceFolder(folder["uri"], folder["name"])
        for folder in params.get("workspaceFolders", [])
    ]
    for _ in server.protocol.lsp_initialize(
        types.InitializeParams(
            types.ClientCapabilities(), root_uri=params.get("rootUri"), workspace_folders=folders
        )
    ):
        pass
    assert list(roots_of(server)) == [Path(path) for path in expected]
