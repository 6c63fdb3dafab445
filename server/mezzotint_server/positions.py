"""Columns as the protocol counts them, and as Python does: the only place that knows UTF-16.

A column on the wire counts code units of the encoding that client and server agreed on. A Python
string counts code points. Nothing here knows documents.
"""

from collections.abc import Iterable
from enum import Enum


class PositionEncoding(Enum):
    """What one step of a column is."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"

    def width(self, character: str) -> int:
        """How many code units ``character`` takes."""
        if self is PositionEncoding.UTF_32:
            return 1
        if self is PositionEncoding.UTF_16:
            return 2 if ord(character) > 0xFFFF else 1
        return _utf8_width(ord(character))


PREFERENCE = (PositionEncoding.UTF_8, PositionEncoding.UTF_32, PositionEncoding.UTF_16)
"""UTF-8 first: Neovim's own buffers are UTF-8. UTF-16 is what every client must understand."""


def choose_encoding(offered: Iterable[str] | None) -> PositionEncoding:
    """The encoding we like best of those that the client offers; UTF-16 if it offers none."""
    names = set(offered or ())
    return next((it for it in PREFERENCE if it.value in names), PositionEncoding.UTF_16)


def index_of(line: str, column: int, encoding: PositionEncoding) -> int:
    """The index into ``line`` of the character at ``column``.

    A column past the end means the end, as LSP has it. One inside a character means its start.
    """
    if line.isascii():
        return min(column, len(line))
    passed = 0
    for index, character in enumerate(line):
        passed += encoding.width(character)
        if passed > column:
            return index
    return len(line)


def column_of(line: str, index: int, encoding: PositionEncoding) -> int:
    """How many code units lie before ``line[index]``."""
    if line.isascii():
        return min(index, len(line))
    return sum(encoding.width(character) for character in line[:index])


def _utf8_width(code_point: int) -> int:
    if code_point < 0x80:
        return 1
    if code_point < 0x800:
        return 2
    return 3 if code_point < 0x10000 else 4
