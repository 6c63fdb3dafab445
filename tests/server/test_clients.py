"""Which clients manage what no capability says."""

import pytest
from lsprotocol import types

from mezzotint_server.clients import replaces_rest_of_line, shows_drafts


@pytest.mark.parametrize(
    ("name", "version", "experimental", "expected"),
    [
        ("Visual Studio Code", "1.100.3", None, True),
        ("Visual Studio Code", "1.91.0-insider", None, True),
        ("Visual Studio Code", "1.90.2", None, False),
        ("code-server", "1.100.3", None, True),
        ("Visual Studio Code", None, None, False),
        ("Visual Studio Code", "new", None, False),
        ("Neovim", "0.12.4", None, False),
        ("Neovim", "0.12.4", {"mezzotint": {"replaceRestOfLine": True}}, True),
        ("Neovim", "0.12.4", {"mezzotint": {"replaceRestOfLine": "yes"}}, False),
        ("Neovim", "0.12.4", {"mezzotint": True}, False),
        ("Neovim", "0.12.4", ["mezzotint"], False),
    ],
)
def test_who_is_known_to_replace_the_rest_of_the_line(
    name: str, version: str | None, experimental: object, expected: bool
) -> None:
    client = types.ClientInfo(name, version)
    assert replaces_rest_of_line(client, experimental) is expected


def test_a_client_without_a_name_must_say_so() -> None:
    assert not replaces_rest_of_line(None, None)
    assert replaces_rest_of_line(None, {"mezzotint": {"replaceRestOfLine": True}})


@pytest.mark.parametrize(
    ("experimental", "expected"),
    [(None, False), ({"mezzotint": {"drafts": True}}, True), ({"mezzotint": {"drafts": 1}}, False)],
)
def test_a_client_says_itself_that_it_shows_drafts(experimental: object, expected: bool) -> None:
    assert shows_drafts(experimental) is expected
