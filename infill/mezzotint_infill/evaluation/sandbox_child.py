"""What runs inside the fresh process of ``sandbox``: limits first, then the untrusted program.

Run as a script, never imported; the token and the program come on standard input. Uses the
standard library only, so that ``python -I -S`` can start it anywhere.
"""

import contextlib
import os
import sys
from typing import Any

_REFUSED = (
    "ctypes.",
    "os.chmod",
    "os.chown",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.startfile",
    "os.symlink",
    "os.system",
    "os.truncate",
    "pty.",
    "resource.",
    "shutil.",
    "signal.",
    "socket.",
    "subprocess.",
    "urllib.",
    "webbrowser.",
    "winreg.",
)
"""Audit events no row of a benchmark needs, by how their names begin."""


def main() -> None:
    """Say the token on standard output if the program ran to its end, else say nothing."""
    token, _, program = sys.stdin.buffer.read().partition(b"\n")
    say = _private_output()
    write, leave = os.write, os._exit  # pyright: ignore[reportPrivateUsage] # the documented name
    _limit(memory_bytes=int(sys.argv[1]), cpu_s=int(sys.argv[2]))
    code = compile(program, "<row>", "exec")
    sys.addaudithook(_refuse)
    exec(code, {"__name__": "__main__"})  # noqa: S102 # running it is what this process is for
    write(say, token)
    # Not sys.exit: threads and atexit functions of the program must not have the last word.
    leave(0)


def _private_output() -> int:
    """Move standard output to where the program does not print."""
    say = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return say


def _limit(*, memory_bytes: int, cpu_s: int) -> None:
    """Set what the operating system knows to limit; Windows knows none of it."""
    with contextlib.suppress(ImportError):
        import resource

        limits = {
            resource.RLIMIT_AS: memory_bytes,
            resource.RLIMIT_CPU: cpu_s,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: 32,
            # Does not hold for root, for whom only the audit hook stands in the way of a fork.
            resource.RLIMIT_NPROC: 0,
        }
        for limit, value in limits.items():
            # macOS refuses some of them, such as the address space.
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop what leaves the process: other processes, the network, changed files."""
    if event.startswith(_REFUSED) or (event == "open" and _writes(*arguments[1:3])):
        raise PermissionError(f"{event} is not for a benchmark's row.")


def _writes(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return not set(mode).isdisjoint("wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


if __name__ == "__main__":
    main()
