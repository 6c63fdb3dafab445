"""``workspace/configuration`` and ``didChangeConfiguration``: what the user has set, and sets anew.

A client that can tell its settings is asked, for everything and for each folder, and asked again
when it says that something has changed without saying what (VS Code). What a client says unasked
(Neovim) holds as it is.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mezzotint_server.session import MezzotintServer

_logger = logging.getLogger(__name__)

SECTION = "mezzotint"
PATIENCE_S = 5.0
"""A client that has not told its settings by then is taken to have none."""


def follow_configuration(server: MezzotintServer) -> None:
    """Learn what is configured, and ask to be told when it changes."""
    if server.client.can_announce_settings:
        # With a section VS Code would send the settings of no folder, without one it sends none.
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        server.client_register_capability(
            types.RegistrationParams([types.Registration("configuration", method)])
        )
    if server.client.can_tell_settings:
        look_up_configuration(server)
    else:
        server.settle()


def look_up_configuration(server: MezzotintServer) -> None:
    """Ask the client, if it can be asked; its answer holds from then on."""
    if server.client.can_tell_settings:
        server.start_looking_up(_look_up(server))


def did_change_configuration(
    server: MezzotintServer, params: types.DidChangeConfigurationParams
) -> None:
    """Take what is said; if nothing is, ask."""
    said = _of_ours(cast("object", params.settings))
    if said is None:
        look_up_configuration(server)
        return
    server.configuration.say(said)
    server.settle()


def _of_ours(settings: object) -> object:
    """What of all settings is meant for us: our section, or everything if there is no section."""
    if not isinstance(settings, Mapping):
        return settings
    sections = cast("Mapping[str, object]", settings)
    return sections.get(SECTION) if SECTION in sections or not sections else sections


async def _look_up(server: MezzotintServer) -> None:
    folders = list(server.workspace.folders)
    items = [types.ConfigurationItem(scope, SECTION) for scope in (None, *folders)]
    try:
        async with asyncio.timeout(PATIENCE_S):
            answers = await _asked(server, items)
    except (JsonRpcException, TimeoutError):
        _logger.warning("The client did not tell its settings.")
    else:
        said, *of_folders = [*answers, *[None] * len(items)][: len(items)]
        server.configuration.say(said, dict(zip(folders, of_folders, strict=True)))
    server.settle()


async def _asked(server: MezzotintServer, items: list[types.ConfigurationItem]) -> list[Any]:
    answers = await server.workspace_configuration_async(types.ConfigurationParams(items))
    return list(answers or [])
