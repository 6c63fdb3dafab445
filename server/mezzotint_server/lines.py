r"""The lines of a text, such that an edit costs what the edit is worth and not what the text is.

A text of 50,000 lines in one tuple would be copied at every keystroke. Here it lies in chunks; an
edit makes those anew that it touches and shares the others with the text before, each with what its
lines say in one piece. Knows where LSP ends lines, at ``\n``, ``\r\n`` and ``\r``; nothing of
documents.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import cast, overload

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)")

CHUNK = 256
"""Lines in a chunk that is cut anew; an edit copies one chunk, and one reference to each other."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    lines: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, lines: tuple[str, ...]) -> "_Chunk":
        return cls(lines, "".join(lines))


class Lines(Sequence[str]):
    """Lines that do not change; there is always one, empty or not."""

    __slots__ = ("_chunks", "_starts")

    def __init__(self, chunks: Iterable[_Chunk]) -> None:
        self._chunks = tuple(chunks)
        self._starts = tuple(accumulate((len(each.lines) for each in self._chunks), initial=0))

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Lines":
        """Of lines that are there one by one."""
        return cls(_cut(tuple(lines)))

    @property
    def text(self) -> str:
        """All that they say."""
        return "".join(map(attrgetter("text"), self._chunks))

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(each.lines for each in self._chunks)

    def chars_before(self, line: int) -> int:
        """How many characters the lines before this one have."""
        chunk, within = self._find(line)
        whole = sum(len(each.text) for each in self._chunks[:chunk])
        return whole + sum(map(len, self._chunks[chunk].lines[:within]))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            first, end, step = at.indices(len(self))
            if step != 1:
                return tuple(self)[at]
            return self._between(first, end)
        index = at + len(self) if at < 0 else at
        if not 0 <= index < len(self):
            raise IndexError(at)
        chunk, within = self._find(index)
        return self._chunks[chunk].lines[within]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Lines | tuple):
            return tuple(self) == tuple(cast("Sequence[str]", other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def replaced(self, first: int, end: int, new: Sequence[str]) -> "Lines":
        """With ``new`` for the lines from ``first`` up to but not including ``end``."""
        of_first, within_first = self._find(first)
        of_last, within_last = self._find(max(first, end))
        head = self._chunks[of_first].lines[:within_first]
        middle = head + tuple(new) + self._chunks[of_last].lines[within_last:]
        # What has become small joins its neighbour, or chunks would grow small and many.
        if len(middle) < CHUNK // 4 and of_last + 1 < len(self._chunks):
            of_last += 1
            middle += self._chunks[of_last].lines
        return Lines((*self._chunks[:of_first], *_cut(middle), *self._chunks[of_last + 1 :]))

    def _find(self, index: int) -> tuple[int, int]:
        """The chunk that a line is in, and where in it; for the place behind all, the end."""
        chunk = min(bisect_right(self._starts, index) - 1, len(self._chunks) - 1)
        return chunk, index - self._starts[chunk]

    def _between(self, first: int, end: int) -> tuple[str, ...]:
        if end <= first:
            return ()
        of_first, within = self._find(first)
        of_last, _ = self._find(end - 1)
        chunks = self._chunks[of_first : of_last + 1]
        found = chain.from_iterable(each.lines for each in chunks)
        return tuple(found)[within : within + end - first]


def split_lines(text: str) -> Lines:
    r"""``text`` cut after each line break; ``"a\n"`` has a second line, which is empty."""
    return Lines.of(cut_lines(text))


def cut_lines(text: str) -> list[str]:
    """The same, one by one."""
    lines = _LINE.findall(text)
    lines.append(text[sum(map(len, lines)) :])
    return lines


def _cut(lines: tuple[str, ...]) -> Iterator[_Chunk]:
    """Chunks of the usual length; what is not much longer stays in one piece."""
    if len(lines) <= 2 * CHUNK:
        yield _Chunk.of(lines)
        return
    bounds = [*range(0, len(lines) - CHUNK, CHUNK), len(lines)]
    yield from (_Chunk.of(lines[start:end]) for start, end in pairwise(bounds))
