"""Where an engine is found: the socket, the lock and the logs of one model on one device.

Knows files and their owners, and nothing of processes or HTTP. On Windows, where asyncio has no
Unix sockets, an address would be a loopback port and a token in the same folder; until then the
engine says so here.
"""

import fcntl
import hashlib
import os
import re
import socket
import stat
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_log_path, user_runtime_path

from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.plans import AUTO
from mezzotint_infill.version import VERSION

RUNTIME_VARIABLE = "MEZZOTINT_RUNTIME_DIR"
"""Names another folder for sockets, locks and logs."""

MAX_SOCKET_BYTES = 103
"""``sun_path`` holds 104 bytes on macOS and 108 on Linux, the last one a zero."""

PRIVATE = 0o700

SCRIPTED = "scripted:"
"""Before the path of a script, this makes the name of a model; see ``choice.py``."""

_PROBE_S = 5.0


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """The files of one engine."""

    socket: Path
    logs: Path
    """The folder of the logs."""

    @property
    def lock(self) -> Path:
        """Held by the engine for as long as it lives."""
        return self.socket.with_suffix(".lock")

    @property
    def start_lock(self) -> Path:
        """Held by whoever is starting an engine, so that two do not."""
        return self.socket.with_suffix(".start")

    @property
    def log(self) -> Path:
        return self.logs / f"{self.socket.stem}.log"

    @property
    def last_words(self) -> Path:
        """What the engine that was started last wrote to its standard error."""
        return self.logs / f"{self.socket.stem}.stderr"


def engine_address(model: str, device: str | None, plan: str = AUTO) -> EngineAddress:
    """The address of this user's engine for a model on a device, under a memory plan.

    Another version of the package has other addresses: an engine outlives the editor that started
    it, and must not be asked by a newer one. Raises :class:`EngineUnavailableError`.
    """
    model = settled_model(model)
    identity = "\n".join((VERSION, model, device or "", plan))
    digest = hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[:8]
    words = f"{Path(model).name[:16]}-{device or 'auto'}-{plan}".lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    return address_at(_runtime_folder() / f"{name}-{digest}.sock")


def address_at(path: Path) -> EngineAddress:
    """The address whose socket is this file. Raises :class:`EngineUnavailableError`."""
    if sys.platform == "win32":
        raise EngineUnavailableError("The engine does not run on Windows yet.")
    path = path.absolute()
    length = len(os.fsencode(path))
    if length > MAX_SOCKET_BYTES:
        raise EngineUnavailableError(
            f"The socket's path {path} has {length} bytes, and {MAX_SOCKET_BYTES} is the most"
            f" that there can be; name a shorter folder in {RUNTIME_VARIABLE}."
        )
    return EngineAddress(path, _log_folder())


def engine_sockets() -> list[Path]:
    """The sockets of this user's engines of every version, of those that have left as well.

    Raises :class:`EngineUnavailableError`.
    """
    return sorted(_runtime_folder().glob("*.sock"))


def is_answered(path: Path) -> bool:
    """Whether somebody listens on a socket, be it that they are too busy to accept just now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_S)
        try:
            probe.connect(str(path))
        except (TimeoutError, BlockingIOError):
            return True
        except OSError:
            return False
        return True


def is_held(lock: Path) -> bool:
    """Whether an engine that has this lock lives.

    The kernel lets go of it when the process dies. To connect would wake the engine up, and whoever
    asks has something else for it to do.
    """
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def settled_model(model: str) -> str:
    """The same model's name in every working folder: what is a file becomes an absolute path."""
    if model.startswith(SCRIPTED):
        return SCRIPTED + str(Path(model.removeprefix(SCRIPTED)).absolute())
    if model != "embedded" and _is_folder(model):
        return str(Path(model).expanduser().absolute())
    return model


def _is_folder(name: str) -> bool:
    try:
        return name != "" and Path(name).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, no such user
        return False


def _runtime_folder() -> Path:
    folder = _named_folder() or _users_runtime_folder()
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        _require_private(folder)
    except OSError as error:
        raise EngineUnavailableError(
            f"The engine's runtime folder cannot be used ({error}); name another one in"
            f" {RUNTIME_VARIABLE}."
        ) from error
    return folder


def _users_runtime_folder() -> Path:
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; platformdirs then warns and takes
        # a folder of the user's own under /tmp, which is what we want.
        warnings.simplefilter("ignore")
        try:
            return user_runtime_path("mezzotint", ensure_exists=True)
        except OSError as error:
            raise EngineUnavailableError(
                f"There is no runtime folder ({error}); name one in {RUNTIME_VARIABLE}."
            ) from error


def _require_private(folder: Path) -> None:
    status = folder.stat()
    if status.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user")
    if stat.S_IMODE(status.st_mode) != PRIVATE:
        raise PermissionError(f"{folder} is open to others: its mode is not 0700")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written to")


def _log_folder() -> Path:
    folder = _named_folder() or user_log_path("mezzotint")
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise EngineUnavailableError(
            f"The engine's log folder cannot be made ({error}); name another one in"
            f" {RUNTIME_VARIABLE}."
        ) from error
    return folder


def _named_folder() -> Path | None:
    name = os.environ.get(RUNTIME_VARIABLE)
    return Path(name).absolute() if name else None
