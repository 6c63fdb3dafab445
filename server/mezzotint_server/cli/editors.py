"""Which editors there are on this machine, and their versions. One that hangs is left alone."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

PATIENCE_S = 5.0
"""An editor on a cold disk takes two seconds to say its version."""

PROGRAMS = (
    ("Neovim", ("nvim",)),
    ("VS Code", ("code",)),
    ("code-server", ("code-server",)),
    ("Emacs", ("emacs",)),
    # Some distributions call it by its whole name.
    ("Helix", ("hx", "helix")),
)

_VERSION = re.compile(r"\d+(\.\d+)+")


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor on the path."""

    name: str
    program: str
    """The path of it."""
    version: str
    """Empty if it does not say in time."""


def find_editors(patience_s: float = PATIENCE_S) -> list[Editor]:
    """All that are known and there."""
    there = [(name, path) for name, programs in PROGRAMS if (path := _path(programs))]
    if not there:
        return []
    with ThreadPoolExecutor(len(there)) as pool:
        asked = [(*one, pool.submit(_version, one[1], patience_s)) for one in there]
        return [Editor(name, path, version.result()) for name, path, version in asked]


def _path(programs: Sequence[str]) -> str | None:
    return next(filter(None, map(shutil.which, programs)), None)


def _version(program: str, patience_s: float) -> str:
    try:
        process = subprocess.Popen(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A group of its own: `code` is a script, and what it starts has to go as well.
            start_new_session=True,
        )
    except OSError:
        return ""
    with process:
        try:
            said, _ = process.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:
            _end(process)
            return ""
    found = _VERSION.search(said.decode(errors="replace"))
    return found.group() if found else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
