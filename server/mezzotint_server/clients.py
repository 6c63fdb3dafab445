"""What clients are known to manage although no capability of LSP says so.

What is in the table was tried; a client that is not in it says so itself, by an experimental
capability: ``{"mezzotint": {"replaceRestOfLine": true}}``.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from lsprotocol import types

_VERSION = re.compile(r"(\d+)\.(\d+)")

# Ghost text may take the place of the rest of its line, if it holds all of its characters. Neovim
# lays it over that rest, and LSP4IJ counts it wrong.
_REPLACE_REST_OF_LINE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "Visual Studio Code": (1, 91),
        "Visual Studio Code - Insiders": (1, 91),
        "VSCodium": (1, 91),
        "code-server": (1, 91),
    }
)
"""Names and the first versions; code-server, too, tells that of the VS Code in it."""

# Neovim does not say so, but looks at the versions in ``documentChanges``. To ``changes`` it would
# make an edit that came too late.
_VERSIONED_EDITS: Mapping[str, tuple[int, int]] = MappingProxyType({"Neovim": (0, 11)})
"""The same."""


def replaces_rest_of_line(client: types.ClientInfo | None, experimental: object) -> bool:
    """Whether ghost text may take the place of what is left of its line."""
    return _says_so(experimental, "replaceRestOfLine") or _is_known(client, _REPLACE_REST_OF_LINE)


def shows_drafts(experimental: object) -> bool:
    """Whether it wants ``mezzotint/draft`` while a fill settles."""
    return _says_so(experimental, "drafts")


def asks_for_instructions(experimental: object) -> bool:
    """Whether it has the command that asks what to do with a selection."""
    return _says_so(experimental, "instructions")


def takes_versioned_edits(client: types.ClientInfo | None) -> bool:
    """Whether it takes them without saying so."""
    return _is_known(client, _VERSIONED_EDITS)


def _says_so(experimental: object, name: str) -> bool:
    if not isinstance(experimental, Mapping):
        return False
    own = cast("Mapping[str, object]", experimental).get("mezzotint")
    return isinstance(own, Mapping) and cast("Mapping[str, object]", own).get(name) is True


def _is_known(client: types.ClientInfo | None, table: Mapping[str, tuple[int, int]]) -> bool:
    if client is None or client.name not in table:
        return False
    version = _VERSION.match(client.version or "")
    return version is not None and (int(version[1]), int(version[2])) >= table[client.name]
