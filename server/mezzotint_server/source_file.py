"""A source file as bytes and as text, without losing one of either.

Lines and columns are 1-based and columns count characters, as people say them. Knows encodings,
line breaks and safe writing; knows no holes, tokens or editors.
"""

import codecs
import contextlib
import os
import re
import stat
import sys
import tempfile
import tokenize
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mezzotint_grammars import language_of_path
from mezzotint_infill.errors import InfillError

LINE_BREAK = re.compile(r"\r\n|\r|\n")


class SourceFileError(InfillError):
    """A file, or a place in it, that cannot be used as it was asked for."""

    code = "source-file"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was when it was read."""

    name: str
    """What the user called it."""
    path: Path | None
    """Where it lies, links followed; ``None`` if it came from elsewhere than a file."""
    data: bytes
    text: str
    """Everything after the byte order mark, line breaks as they are."""
    encoding: str
    line_ends: tuple[tuple[int, int], ...]
    """For each line: the offset where its text ends, and where the next line starts."""

    @classmethod
    def read(cls, name: str) -> "SourceFile":
        """Raises :class:`SourceFileError` for whatever is not a readable text file."""
        path = Path(name)
        try:
            if path.is_dir():
                raise SourceFileError(f"{name} is a folder, not a file.")
            if not path.exists():
                raise SourceFileError(f"There is no file {name}.")
            if not path.is_file():
                raise SourceFileError(f"{name} is not a regular file.")
            return cls.of_bytes(path.read_bytes(), name, path.resolve())
        except OSError as error:
            raise SourceFileError(f"{name} cannot be read: {reason(error)}.") from error

    @classmethod
    def of_bytes(cls, data: bytes, name: str, path: Path | None = None) -> "SourceFile":
        """Decode what was read; ``name`` tells the language."""
        if b"\0" in data:
            raise SourceFileError(f"{name} is not text: it holds NUL bytes.")
        encoding = _encoding(data, name)
        text = _decode(data, encoding, name)
        return cls(name, path, data, text, encoding, _line_ends(text))

    @property
    def line_break(self) -> str:
        """The line break that the file uses most; a line feed if it has none."""
        counts = Counter(self.text[end:start] for end, start in self.line_ends[:-1])
        return counts.most_common(1)[0][0] if counts else "\n"

    def offset(self, line: int, column: int | None = None) -> int:
        """Where a place is in ``text``; no column means the end of the line."""
        if line < 1 or (column is not None and column < 1):
            raise SourceFileError("Lines and columns are counted from 1.")
        if line > len(self.line_ends):
            lines = counted(len(self.line_ends), "line")
            raise SourceFileError(f"{self.name} has {lines}, so there is no line {line}.")
        start = self.line_ends[line - 2][1] if line > 1 else 0
        end = self.line_ends[line - 1][0]
        if column is None:
            return end
        if column > end - start + 1:
            raise SourceFileError(
                f"Line {line} of {self.name} has {counted(end - start, 'character')}, "
                f"so its last column is {end - start + 1} and there is no column {column}."
            )
        return start + column - 1

    def write(self, start: int, end: int, text: str) -> None:
        """Put ``text`` between two offsets of the file on disk, which is all of it or nothing.

        Raises :class:`SourceFileError` and leaves the file alone if it changed since it was read
        or cannot hold the text.
        """
        if self.path is None:
            raise SourceFileError(f"{self.name} is not a file that can be written.")
        data = self._replaced(start, end, text)
        try:
            if self.path.read_bytes() != self.data:
                raise SourceFileError(
                    f"{self.name} was changed by someone else meanwhile; nothing was written."
                )
            _write_atomically(self.path, data)
        except OSError as error:
            raise SourceFileError(f"{self.name} cannot be written: {reason(error)}.") from error

    def _replaced(self, start: int, end: int, text: str) -> bytes:
        mark = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        before = mark + self.text[:start].encode(self.encoding)
        after = self.text[end:].encode(self.encoding)
        try:
            data = before + text.encode(self.encoding) + after
        except UnicodeEncodeError as error:
            raise SourceFileError(
                f"{self.name} is encoded as {self.encoding}, which has no "
                f"“{error.object[error.start]}”; nothing was written."
            ) from error
        keeps_bytes = self.data.startswith(before) and self.data.endswith(after)
        if not keeps_bytes or _decode(data, self.encoding, self.name) != (
            self.text[:start] + text + self.text[end:]
        ):
            raise SourceFileError(
                f"{self.name} is encoded as {self.encoding}, in which one place cannot be "
                "changed without touching others; nothing was written."
            )
        return data


def counted(number: int, noun: str) -> str:
    """``1 line``, ``2 lines``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def reason(error: OSError) -> str:
    """What the system says about a failure, as part of a sentence."""
    return (error.strerror or type(error).__name__).lower()


def _encoding(data: bytes, name: str) -> str:
    """UTF-8 unless a Python file says otherwise in its first two lines (PEP 263)."""
    language = language_of_path(name)
    if language is None or language.id != "python":
        return "utf-8"
    # Python takes a lone CR for a line break, detect_encoding does not: it gets lines.
    first_lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", data, maxsplit=2)[:2]
    try:
        encoding, _ = tokenize.detect_encoding(iter(first_lines).__next__)
    except SyntaxError as error:
        raise SourceFileError(f"{name} cannot be decoded: {error.msg}.") from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode(encoding)
        # Some encodings can spell half of a surrogate pair, which is no text.
        text.encode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceFileError(
            f"{name} is not {encoding} text: the byte at {error.start:,} cannot be decoded."
        ) from error
    except (ValueError, LookupError) as error:
        raise SourceFileError(f"{name} cannot be decoded as {encoding}.") from error
    return text


def _line_ends(text: str) -> tuple[tuple[int, int], ...]:
    ends = [match.span() for match in LINE_BREAK.finditer(text)]
    return (*ends, (len(text), len(text)))


def _write_atomically(path: Path, data: bytes) -> None:
    """A new file takes the old one's place, its mode and, where that is allowed, its owner."""
    if not os.access(path, os.W_OK):
        raise PermissionError(None, "it is read-only")
    old = path.stat()
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _keep_owner(temporary, old)
            temporary.chmod(stat.S_IMODE(old.st_mode))
            temporary.replace(path)
        except BaseException:
            file.close()
            temporary.unlink()
            raise


def _keep_owner(temporary: Path, old: os.stat_result) -> None:
    # Windows has no chown; elsewhere only root may give files away, and then this is not needed.
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
