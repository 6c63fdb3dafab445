"""Runs an untrusted Python program in a process of its own and says whether it ran to its end.

As careful as the standard library allows: an isolated interpreter, an empty folder, no
environment, limits on time, memory and files, and an audit hook against processes, sockets and
writing. That stops what a language model writes by mistake. It is no wall against malice: who
expects that runs it all in a container.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from enum import Enum
from pathlib import Path

_MEMORY_BYTES = 1 << 30
_CHILD = Path(__file__).with_name("sandbox_child.py")


class Outcome(Enum):
    """How a program ended."""

    PASSED = "passed"
    FAILED = "failed"
    """It raised, crashed, was stopped for its memory, or left before its end."""
    TIMED_OUT = "timed out"


def run(program: str, *, timeout_s: float) -> Outcome:
    """Run a program from its first line to its last, with the standard library only.

    It has passed when its process ended well *and* said a word at the end that it could not know
    before: so ``os._exit(0)`` in the middle is a failure.
    """
    token = secrets.token_hex(16).encode()
    with tempfile.TemporaryDirectory(prefix="mezzotint-row-") as folder:
        process = _start(folder, cpu_s=round(timeout_s) + 1)
        try:
            said, _ = process.communicate(token + b"\n" + program.encode(), timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return Outcome.TIMED_OUT
        finally:
            _end(process)
    return Outcome.PASSED if said == token and process.returncode == 0 else Outcome.FAILED


def _start(folder: str, *, cpu_s: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", str(_CHILD), str(_MEMORY_BYTES), str(cpu_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """Nothing of ours; Windows cannot start a Python without its own folder's name."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all it started that is still in its group."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
