"""Where the engine's log goes: a file that is rotated, and standard error.

What people write is never logged at INFO or above.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(log: Path, stderr_level: int) -> None:
    """Set the whole process's logging up; for the one that owns the process."""
    file = RotatingFileHandler(log, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setLevel(stderr_level)
    logging.basicConfig(format=_FORMAT, level=logging.WARNING, handlers=[file, stderr], force=True)
    logging.getLogger("mezzotint_infill").setLevel(logging.INFO)
