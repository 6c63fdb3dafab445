"""Where the log goes: standard error and a file, never standard output, which is the wire.

Nothing at INFO or above holds a piece of anybody's source text.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

_FORMAT = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"
_MAX_BYTES = 1_000_000


def log_path() -> Path:
    """The server's log file, the same for every editor of this user."""
    return platformdirs.user_log_path("mezzotint") / "server.log"


def set_up_logging(level: int = logging.INFO) -> None:
    """Send this process's log to standard error and to :func:`log_path`."""
    logging.basicConfig(
        level=level, format=_FORMAT, handlers=[logging.StreamHandler(), *_file_handlers()]
    )
    logging.getLogger("pygls").setLevel(logging.WARNING)
    # At INFO pygls logs every body that it sends, and in its errors whole bodies that it got:
    # source text both. What matters of it, MezzotintProtocol says without the bodies.
    logging.getLogger("pygls.protocol").setLevel(logging.CRITICAL)


def set_log_level(level: str) -> None:
    """How much is logged from now on; what others log of their wires stays out of it."""
    logging.getLogger("mezzotint_server").setLevel(level.upper())


def _file_handlers() -> list[logging.Handler]:
    """The log file, or nothing where it cannot be written."""
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return [RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")]
    except OSError:
        return []
