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
            ),
        ),
        (
            "neovim",
            ClientCapabilities(
                can_show_progress=True,
                can_tell_settings=True,
                encoding=PositionEncoding.UTF_8,
                can_read_markdown=True,
            ),
        ),
        (
            "emacs",
            ClientCapabilities(
                can_show_progress=True,
                can_watch_files=True,
                can_tell_settings=True,
                encoding=PositionEncoding.UTF_8,
            ),
        ),
    ],
)
def test_recorded_editors(editor: str, expected: ClientCapabilities) -> None:
    assert resolve_capabilities(client_capabilities(editor)) == expected


def test_a_client_that_says_nothing_gets_the_least() -> None:
    assert resolve_capabilities(types.ClientCapabilities()) == ClientCapabilities()
