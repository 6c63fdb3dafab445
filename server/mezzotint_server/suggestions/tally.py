"""How many suggestions were shown and accepted, for each language: kept on this machine, sent nowhere.

Counts alone, no text and no names of files. Several servers may count into the same file.
"""

import logging
import sqlite3
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import platformdirs

_logger = logging.getLogger(__name__)

_PATIENCE_S = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS counts (
    language TEXT PRIMARY KEY,
    shown INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    characters INTEGER NOT NULL
)
"""
_ADD = """
INSERT INTO counts VALUES (?, ?, ?, ?, ?)
ON CONFLICT (language) DO UPDATE SET
    shown = shown + excluded.shown,
    accepted = accepted + excluded.accepted,
    rejected = rejected + excluded.rejected,
    characters = characters + excluded.characters
"""
_ALL = "SELECT * FROM counts ORDER BY accepted DESC, language"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the suggestions in one language."""

    language: str
    shown: int = 0
    """Long enough to be read, or accepted or rejected."""
    accepted: int = 0
    rejected: int = 0
    characters: int = 0
    """Of those that were accepted."""


def tally_path() -> Path:
    """The file that all servers of this user count into."""
    return platformdirs.user_state_path("mezzotint") / "stats.sqlite"


class Tally:
    """Counts, in a thread of its own. A file that cannot be written is no reason to fail."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "mezzotint-tally")
        self._has_failed = False

    def add(self, counts: Counts) -> None:
        """Add to what there is; returns at once."""
        self._thread.submit(self._add, tally_path(), counts)

    def flush(self) -> None:
        """Return when all is written."""
        self._thread.submit(lambda: None).result()

    def _add(self, path: Path, counts: Counts) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with _database(path) as database:
                database.execute(_TABLE)
                database.execute(_ADD, astuple(counts))
        except (OSError, sqlite3.Error) as error:
            if not self._has_failed:
                _logger.warning("Suggestions cannot be counted: %s", error)
            self._has_failed = True


def read_counts() -> tuple[Counts, ...]:
    """All that has been counted; nothing if there is no file, or one that cannot be read."""
    path = tally_path()
    if not path.exists():
        return ()
    try:
        with _database(path) as database:
            return tuple(Counts(*row) for row in database.execute(_ALL))
    except sqlite3.Error as error:
        _logger.warning("The counts cannot be read: %s", error)
        return ()


@contextmanager
def _database(path: Path) -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as database, database:
        yield database
