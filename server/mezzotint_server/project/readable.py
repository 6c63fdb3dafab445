"""Which files may be read at all, and reading them.

The one way to a file's text in this package. What comes out has line feeds alone and no byte order
mark, as the engine has it.
"""

import os
import stat
from enum import Enum
from pathlib import Path

from mezzotint_server.project.ignored import FolderRules, rules_in
from mezzotint_server.project.private import (
    has_private_name,
    holds_private_key,
    is_private_folder,
    looks_private,
)

MAX_BYTES = 1_000_000

_NO_WAITING: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""What of it the system knows: Windows translates line ends unless told otherwise."""


class Refusal(Enum):
    """Why a file is not read, or an open document not shown."""

    IGNORED = "ignored by git or .mezzotintignore"
    PRIVATE = "looks as if it held secrets"
    TOO_LARGE = "over 1 MB"
    NOT_TEXT = "not text"
    NOT_A_FILE = "not a regular file"


def refusal_of(path: Path, roots: tuple[Path, ...]) -> Refusal | None:
    """What speaks against a file, going by its name and where it is; it need not exist.

    ``path`` is absolute; ``roots`` are the folders of the workspace. A link is judged by where it
    leads, too.
    """
    places = {path, Path(os.path.realpath(path))}
    refusals = (_refusal_of_place(place, roots) for place in places)
    return next((refusal for refusal in refusals if refusal is not None), None)


def refusal_of_name(name: str, rules: FolderRules) -> Refusal | None:
    """As :func:`refusal_of` for a regular file in a folder whose rules are known."""
    if has_private_name(name) or is_private_folder(rules.folder):
        return Refusal.PRIVATE
    return Refusal.IGNORED if rules.ignore(name, is_folder=False) else None


def refusal_of_text(text: str) -> Refusal | None:
    """What speaks against a text, whatever it is called."""
    if len(text) > MAX_BYTES or (not text.isascii() and len(text.encode()) > MAX_BYTES):
        return Refusal.TOO_LARGE
    if "\0" in text:
        return Refusal.NOT_TEXT
    return Refusal.PRIVATE if holds_private_key(text) else None


def read_text(path: Path) -> str | Refusal:
    """The text of a file that :func:`refusal_of` has nothing against."""
    try:
        data = _read(path)
    except OSError:
        return Refusal.NOT_A_FILE
    if isinstance(data, Refusal):
        return data
    text = _decoded(data, path.name)
    return Refusal.NOT_TEXT if text is None else refusal_of_text(text) or plain(text)


def plain(text: str) -> str:
    """``text`` with line feeds alone and no byte order mark."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _refusal_of_place(path: Path, roots: tuple[Path, ...]) -> Refusal | None:
    if looks_private(path):
        return Refusal.PRIVATE
    rules = rules_in(path.parent, roots)
    if rules is None or rules.ignore(path.name, is_folder=False):
        return Refusal.IGNORED
    return None


def _read(path: Path) -> bytes | Refusal:
    # Without waiting: to open a pipe would wait for somebody who writes to it.
    descriptor = os.open(path, os.O_RDONLY | _NO_WAITING)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return Refusal.NOT_A_FILE
        if status.st_size > MAX_BYTES:
            return Refusal.TOO_LARGE
        data = file.read(status.st_size + 1)
    return data if len(data) <= MAX_BYTES else Refusal.TOO_LARGE


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # Python files may be encoded otherwise, and say so.
        return _decoded_otherwise(data, name)


def _decoded_otherwise(data: bytes, name: str) -> str | None:
    # Not before there is such a file: it takes a fifth of the time in which a reader starts.
    from mezzotint_server.source_file import SourceFile, SourceFileError

    try:
        return SourceFile.of_bytes(data, name).text
    except SourceFileError:
        return None
