"""Client capabilities, reduced, for recorded editors."""

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from mezzotint_server.capabilities import ClientCapabilities, resolve_capabilities
from mezzotint_server.positions import PositionEncoding


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        (
            "visual-studio-code",
            ClientCapabilities(
                can_show_progress=True,
                can_watch_files=True,
                can_tell_settings=True,
                can_announce_settings=True,
                encoding=PositionEncoding.UTF_16,
                can_read_markdown=True,
                can_take_actions=True,
                can_show_disabled=True,
                can_version_edits=True,
                can_annotate_edits=True,
            ),
        ),
        (
            "neovim",
            ClientCapabilities(
                can_show_progress=True,
                can_tell_settings=True,
                encoding=PositionEncoding.UTF_8,
                can_read_markdown=True,
                can_take_actions=True,
                can_resolve_commands=True,
            ),
        ),
        (
            "emacs",
            ClientCapabilities(
                can_show_progress=True,
                can_watch_files=True,
                can_tell_settings=True,
                encoding=PositionEncoding.UTF_8,
                can_take_actions=True,
                can_version_edits=True,
            ),
        ),
    ],
)
def test_recorded_editors(editor: str, expected: ClientCapabilities) -> None:
    assert resolve_capabilities(client_capabilities(editor)) == expected


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [("Neovim", "0.12.4", True), ("Neovim", "0.10.0", False), ("Kate", "25.1", False)],
)
def test_versioned_edits_go_to_who_is_known_to_take_them(
    name: str, version: str, expected: bool
) -> None:
    client = types.ClientInfo(name, version)
    found = resolve_capabilities(client_capabilities("neovim"), client)
    assert found.can_version_edits is expected


def test_an_editor_of_today_says_more() -> None:
    actions = types.CodeActionClientCapabilities(
        tag_support=types.CodeActionTagOptions([types.CodeActionTag.LlmGenerated])
    )
    edits = types.WorkspaceEditClientCapabilities(metadata_support=True)
    sent = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(code_action=actions),
        workspace=types.WorkspaceClientCapabilities(workspace_edit=edits),
        experimental={"mezzotint": {"instructions": True}},
    )
    assert resolve_capabilities(sent) == ClientCapabilities(
        can_mark_generated=True, can_tell_edits=True, can_ask_for_instructions=True
    )


def test_a_client_that_says_nothing_gets_the_least() -> None:
    assert resolve_capabilities(types.ClientCapabilities()) == ClientCapabilities()
