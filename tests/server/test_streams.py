"""A client's bytes: what comes all at once is taken as if it had come one by one."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer

from mezzotint_server.streams import Turns

PATIENCE_S = 60.0

Serve = Callable[[bytes, Path, dict[str, str]], bytes]
"""Starts a server that is told some bytes; gives back what it says."""


def framed(*messages: dict[str, object]) -> bytes:
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)


async def test_a_request_begins_before_the_change_that_came_along_with_it_is_read() -> None:
    server, began = LanguageServer("test", "1"), list[str]()

    @server.feature("test/request")
    async def request(_server: LanguageServer, _params: object) -> None:  # pyright: ignore[reportUnusedFunction] # pygls calls it
        began.append("request")

    @server.feature("test/change")
    def change(_server: LanguageServer, _params: object) -> None:  # pyright: ignore[reportUnusedFunction] # pygls calls it
        began.append("change")

    together = asyncio.StreamReader()
    together.feed_data(
        framed(
            {"id": 1, "method": "test/request", "params": {}},
            {"method": "test/change", "params": {}},
        )
    )
    together.feed_eof()
    await run_async(Event(), Turns(together), server.protocol)
    assert began == ["request", "change"]


COMMAND = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]


def over_pipes(told: bytes, _: Path, env: dict[str, str]) -> bytes:
    ended = subprocess.run(COMMAND, input=told, stdout=subprocess.PIPE, env=env, check=True)
    return ended.stdout


def over_one_socket(told: bytes, _: Path, env: dict[str, str]) -> bytes:
    ours, theirs = socket.socketpair()
    with (
        closing(ours),
        subprocess.Popen(COMMAND, stdin=theirs.fileno(), stdout=theirs.fileno(), env=env) as server,
    ):
        theirs.close()
        ours.sendall(told)
        assert server.wait(PATIENCE_S) == 0
        return b"".join(iter(lambda: ours.recv(65536), b""))


def from_a_file(told: bytes, folder: Path, env: dict[str, str]) -> bytes:
    (folder / "told").write_bytes(told)
    with (folder / "told").open("rb") as file:
        ended = subprocess.run(COMMAND, stdin=file, stdout=subprocess.PIPE, env=env, check=True)
    return ended.stdout


@pytest.mark.parametrize("serve", [over_pipes, over_one_socket, from_a_file])
def test_an_editor_is_served_whatever_its_streams_are(serve: Serve, tmp_path: Path) -> None:
    greeting: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
    told = framed(
        {"id": 1, "method": "initialize", "params": greeting},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    )
    said = serve(told, tmp_path, {**os.environ, "XDG_STATE_HOME": str(tmp_path)})
    bodies = [json.loads(said_then) for said_then in _bodies(said)]
    assert [body["id"] for body in bodies if "result" in body] == [1, 2]


def _bodies(said: bytes) -> list[bytes]:
    return [each.partition(b"\r\n\r\n")[2] for each in said.split(b"Content-Length: ")[1:]]
