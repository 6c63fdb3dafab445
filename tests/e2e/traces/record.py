"""Stands between an editor and ``mezzotint serve``, and keeps what goes over the wire.

``python record.py TRACE FOLDER`` is what the editor starts instead of the server. The folder, which
is the editor's workspace, is written as ``/project``, and no process is named.
"""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

SERVER = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]


class Trace:
    """One line of JSON for each message, in the order in which they came by."""

    def __init__(self, file: IO[str], folder: str) -> None:
        self._file = file
        self._folder = folder
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def keep(self, sender: str, body: bytes) -> None:
        message: Any = json.loads(body.decode("utf-8").replace(self._folder, "/project"))
        if message.get("method") == "initialize":
            message["params"]["processId"] = None
        with self._lock:
            ms = round(1000 * (time.monotonic() - self._started))
            line = {"from": sender, "ms": ms, "message": message}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def main(trace_file: str, folder: str) -> int:
    with (
        Path(trace_file).open("w", encoding="utf-8", newline="\n") as file,
        subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        trace = Trace(file, folder)
        there = (trace, "client", sys.stdin.buffer, server.stdin)
        threading.Thread(target=_pass_on, args=there, daemon=True).start()
        _pass_on(trace, "server", server.stdout, sys.stdout.buffer)
        return server.wait()


def _pass_on(trace: Trace, sender: str, source: IO[bytes], target: IO[bytes]) -> None:
    while head := _head(source):
        length = next(
            int(line[15:]) for line in head if line.lower().startswith(b"content-length:")
        )
        body = source.read(length)
        # Kept first: the answer cannot come before what it answers.
        trace.keep(sender, body)
        target.write(b"".join(head) + body)
        target.flush()
    target.close()


def _head(source: IO[bytes]) -> list[bytes]:
    """The lines up to the empty one; none at the end."""
    lines: list[bytes] = []
    while line := source.readline():
        lines.append(line)
        if line == b"\r\n":
            return lines
    return []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
