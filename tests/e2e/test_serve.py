"""``mezzotint serve`` as a process: how it ends."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

StartEditor = Callable[..., Awaitable[Any]]
"""Starts an ``Editor``, which is in conftest.py."""


async def leave(editor: Any) -> None:
    await editor.leave()


async def exit_unannounced(editor: Any) -> None:
    editor.client.exit(None)


async def hang_up(editor: Any) -> None:
    editor.process.stdin.close()


@pytest.mark.parametrize(("goes", "status"), [(leave, 0), (exit_unannounced, 1), (hang_up, 1)])
async def test_the_server_ends_when_its_editor_goes(
    start_editor: StartEditor, goes: Callable[[Any], Awaitable[None]], status: int
) -> None:
    editor = await start_editor(enabled=False)
    await goes(editor)
    assert await editor.process.wait() == status
