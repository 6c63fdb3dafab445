"""Characters to bytes of UTF-8 and back: editors and models count the first, tree-sitter the second.

In ASCII text the two are one. Elsewhere a mark every few hundred characters keeps a question from
counting from the start. Knows no trees.
"""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from mezzotint_grammars.span import Span

_STRIDE = 256


def utf8(text: str) -> bytes:
    """The bytes that are parsed; a lone surrogate, which has none in UTF-8, becomes ``?``."""
    return text.encode("utf-8", errors="replace")


class Offsets:
    """Where the characters of one text are in its UTF-8."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_ascii = text.isascii()

    def byte_of(self, char: int) -> int:
        """How many bytes lie before this many characters."""
        if self._is_ascii:
            return char
        mark = char // _STRIDE
        return self._marks[mark] + len(utf8(self._text[mark * _STRIDE : char]))

    def char_of(self, byte: int) -> int:
        """How many characters lie before this many bytes; all of them if the text has fewer."""
        if self._is_ascii:
            return min(byte, len(self._text))
        mark = min(bisect_right(self._marks, byte) - 1, len(self._text) // _STRIDE)
        start = mark * _STRIDE
        some = utf8(self._text[start : start + _STRIDE])[: byte - self._marks[mark]]
        return start + len(some.decode("utf-8", errors="ignore"))

    def span_of(self, start_byte: int, end_byte: int) -> Span:
        """The characters between two bytes."""
        if self._is_ascii and end_byte <= len(self._text):
            return Span(start_byte, end_byte)
        return Span(self.char_of(start_byte), self.char_of(end_byte))

    @cached_property
    def _marks(self) -> list[int]:
        """For every whole stride of characters, the bytes before it."""
        strides = range(0, len(self._text), _STRIDE)
        lengths = (len(utf8(self._text[start : start + _STRIDE])) for start in strides)
        return list(accumulate(lengths, initial=0))
