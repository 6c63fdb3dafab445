"""The engine process: a socket that only its user can open, uvicorn on it, a model behind it.

Knows files, signals and when to leave; what is said on the socket is ``app.py``'s.
"""

import gc
import logging
import os
import signal
import socket
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from mezzotint_infill import event_loop
from mezzotint_infill.engine.address import EngineAddress, address_at, engine_address, is_answered
from mezzotint_infill.engine.app import create_app
from mezzotint_infill.engine.choice import choose_infiller
from mezzotint_infill.engine.fills import FillQueue
from mezzotint_infill.engine.logs import start_logging
from mezzotint_infill.engine.server import EngineServer
from mezzotint_infill.errors import EngineRunningError, EngineUnavailableError
from mezzotint_infill.plans import AUTO

LEAVING_S = 20.0
"""How long an engine that answers no more may take to leave before its successor gives up."""

_logger = logging.getLogger(__name__)


def serve_engine(
    model: str = "embedded",
    device: str | None = None,
    idle_s: float = 1800.0,
    socket_path: Path | None = None,
    *,
    plan: str = AUTO,
    stderr_level: int = logging.INFO,
) -> None:
    """Answer until nobody has wanted a fill for ``idle_s`` seconds, or a signal says to stop.

    Owns the process: its signals and its logging. Raises :class:`EngineRunningError` when another
    engine has the socket, and :class:`EngineUnavailableError` when there can be none.
    """
    address = address_at(socket_path) if socket_path else engine_address(model, device, plan)
    choice = choose_infiller(model, device, plan)
    with _alone_at(address), _bound_socket(address.socket) as listener:
        start_logging(address.log, stderr_level)
        _logger.info("An engine for %s answers on %s.", model, address.socket)
        fills = FillQueue(choice.infiller)

        def load() -> None:
            choice.load()
            gc.freeze()  # To look through a model for circles takes a fifth of a second each time.

        server = EngineServer(create_app(fills), fills, load, idle_s)
        # uvicorn ends by raising the signal that stopped it once more. Without a handler of ours
        # SIGTERM would then end the process before the socket is cleared away.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            event_loop.run(server.serve(sockets=[listener]))
        gc.unfreeze()  # Libraries complain of what is there still when Python ends.
        _logger.info("The engine has left.")


@contextmanager
def _alone_at(address: EngineAddress) -> Generator[None]:
    """Hold the engine's lock. The kernel lets go of it when the process dies, however it dies."""
    if not address.lock.parent.is_dir():
        raise EngineUnavailableError(f"There is no folder {address.lock.parent} for the socket.")
    lock = FileLock(address.lock, mode=0o600)
    try:
        lock.acquire(timeout=LEAVING_S, cancel_check=lambda: is_answered(address.socket))
    except Timeout as error:
        raise _running(address.socket) from error
    except OSError as error:
        raise EngineUnavailableError(f"The engine cannot lock {address.lock}: {error}.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _bound_socket(path: Path) -> Generator[socket.socket]:
    _clear_stale_socket(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(str(path))
            path.chmod(0o600)  # in time: nobody can connect before it listens
            bound = path.stat()
        except OSError as error:
            raise EngineUnavailableError(f"The engine cannot answer on {path}: {error}.") from error
        try:
            yield listener
        finally:
            # Whoever clears temporary files may have removed ours, and another engine made anew.
            with suppress(FileNotFoundError):
                if os.path.samestat(path.lstat(), bound):
                    path.unlink()


def _clear_stale_socket(path: Path) -> None:
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    except OSError as error:
        raise EngineUnavailableError(f"The engine cannot answer on {path}: {error}.") from error
    if not is_socket:
        raise EngineUnavailableError(f"{path} is in the way: it is not a socket.")
    if is_answered(path):
        raise _running(path)
    path.unlink(missing_ok=True)


def _running(path: Path) -> EngineRunningError:
    return EngineRunningError(f"Another engine already runs on {path}.")
