"""Where the log goes: standard error and a file, never standard output, which is the wire.

Nothing at INFO or above holds a piece of anybody's source text.
"""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import platformdirs

_FORMAT = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"
_MAX_BYTES = 1_000_000
_STDERR = 2
_LEAVING_S = 1.0
"""How long what was said last may take to be written."""


def log_path() -> Path:
    """The server's log file, the same for every editor of this user."""
    return platformdirs.user_log_path("mezzotint") / "server.log"


@contextmanager
def logging_set_up(level: int = logging.INFO) -> Generator[None]:
    """Send this process's log to standard error and to :func:`log_path`, meanwhile.

    A thread writes: nobody who waits for an answer waits for a disk, or for an editor that has
    stopped reading its server's standard error.
    """
    records = SimpleQueue[logging.LogRecord]()
    handlers = [_StandardError(), *_file_handlers()]
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
    writing = QueueListener(records, *handlers)
    logging.basicConfig(level=level, handlers=[_Passing(records)])
    logging.getLogger("pygls").setLevel(logging.WARNING)
    # At INFO pygls logs every body that it sends, and in its errors whole bodies that it got:
    # source text both. What matters of it, MezzotintProtocol says without the bodies.
    logging.getLogger("pygls.protocol").setLevel(logging.CRITICAL)
    writing.start()
    try:
        yield
    finally:
        stopping = Thread(target=writing.stop, daemon=True)
        stopping.start()
        stopping.join(_LEAVING_S)


def set_log_level(level: str) -> None:
    """How much is logged from now on; what others log of their wires stays out of it."""
    logging.getLogger("mezzotint_server").setLevel(level.upper())


class _Passing(QueueHandler):
    """Passes records on as they are: the one who writes is in this process and can put them so."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


class _StandardError(logging.Handler):
    """Writes past Python's own stream, whose lock would keep a process that leaves waiting."""

    def createLock(self) -> None:  # noqa: N802 # as logging calls it
        self.lock = None  # One thread writes; whoever shuts logging down must not wait for it.

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{self.format(record)}\n".encode(errors="replace")
        with suppress(OSError):  # Nobody listens any more.
            while line:
                line = line[os.write(_STDERR, line) :]


def _file_handlers() -> list[logging.Handler]:
    """The log file, or nothing where it cannot be written."""
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return [RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")]
    except OSError:
        return []
