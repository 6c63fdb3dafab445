"""What goes to the log, and what does not."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread, Timer

import pytest

from mezzotint_server.log import set_log_level

PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def level_as_before() -> Iterator[None]:
    own = logging.getLogger("mezzotint_server")
    before = own.level
    yield
    own.setLevel(before)


@pytest.mark.parametrize(
    ("level", "logged"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_setting_says_how_much_is_logged_of_ours(
    caplog: pytest.LogCaptureFixture, level: str, logged: list[str]
) -> None:
    set_log_level(level)
    ours = logging.getLogger("mezzotint_server.features.any")
    for name in ("debug", "info", "warning", "error"):
        ours.log(getattr(logging, name.upper()), name)
    assert caplog.messages == logged


def test_what_is_logged_of_the_wire_does_not_follow_the_setting() -> None:
    before = logging.getLogger("pygls.protocol").getEffectiveLevel()
    set_log_level("debug")
    assert logging.getLogger("pygls.protocol").getEffectiveLevel() == before


def test_an_editor_that_reads_no_log_gets_its_answers_all_the_same(tmp_path: Path) -> None:
    document = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "x = 1\n"}
    place = {
        "textDocument": {"uri": "file:///a.py"},
        "position": {"line": 0, "character": 5},
        "context": {"triggerKind": 1},
    }
    options: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
    said = [
        request(0, "initialize", {**options, "initializationOptions": {"enabled": False}}),
        request(None, "textDocument/didOpen", {"textDocument": document}),
        *(request(number, "textDocument/inlineCompletion", place) for number in range(1, 2001)),
        request(2001, "shutdown", None),
        request(None, "exit", None),
    ]
    command = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        patience = Timer(PATIENCE_S, server.kill)
        patience.start()
        Thread(target=server.stdin.write, args=[b"".join(said)]).start()
        answers = server.stdout.read()
        patience.cancel()
        assert server.wait(PATIENCE_S) == 0
    assert answers.count(b"Content-Length: ") == 2002


def request(number: int | None, method: str, params: object) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(message if number is None else {**message, "id": number}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
