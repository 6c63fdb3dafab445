"""Which lines of a Python file are worth cutting a hole into, and which of them make a block.

One pass over strings, comments and brackets; text that does not parse is looked at all the same.
Knows no syntax beyond that, and nothing of holes.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

_LONGEST_LINE = 200
"""Longer lines are generated or packed."""
_LONGEST_TABLE = 7
"""More lines of nothing but literals in a row are data, not code that somebody types."""
_BLOCK_LINES = range(2, 7)

_LEXEME = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"""'
    r"|'''(?:[^\\']|\\.|'(?!''))*'''"
    r'|"(?:[^\\"\n]|\\.)*"'
    r"|'(?:[^\\'\n]|\\.)*'"
    r"|#[^\n]*|[()\[\]{}]",
    re.DOTALL,
)
_LITERALS = re.compile(
    r"(?:[\s,()\[\]{}:+\-*/%|&^~.]|\d[\w.]*|None\b|True\b|False\b"
    r"|[rbuRBU]{0,2}\"(?:[^\\\"]|\\.)*\"|[rbuRBU]{0,2}'(?:[^\\']|\\.)*'|#.*)*+"
)
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file without its line break, as offsets into the text."""

    start: int
    code: int
    """Where its indentation ends."""
    end: int

    @property
    def is_blank(self) -> bool:
        return self.code == self.end

    @property
    def indent(self) -> int:
        return self.code - self.start


class Source:
    """The text of one Python file, looked through once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = _lines_of(text)
        self._starts = [line.start for line in self.lines]
        self._prose: set[int] = set()
        self._continued: set[int] = set()
        self._is_nested: list[bool] = []
        self._scan()

    @cached_property
    def code_lines(self) -> list[int]:
        """Numbers of the lines a hole may be in.

        Not: blank lines, the comments a file begins with (licences), strings over several lines
        (prose), tables of literals, very long lines.
        """
        refused = self._prose | self._tables() | set(range(self._header_end()))
        return [
            number
            for number, line in enumerate(self.lines)
            if not line.is_blank
            and line.end - line.start <= _LONGEST_LINE
            and number not in refused
        ]

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """Runs of whole statements at one indentation: first line and the line after the last.

        A statement has all that is indented below it. Every run is all code lines, or blank.
        """
        ends, followers = self._statements()
        found: list[tuple[int, int]] = []
        for first in ends:
            last: int | None = first
            while last is not None and ends[last] - first < _BLOCK_LINES.stop:
                if ends[last] - first in _BLOCK_LINES and self.is_code(first, ends[last] - 1):
                    found.append((first, ends[last]))
                last = followers.get(last)
        return found

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character."""
        return bisect_right(self._starts, offset) - 1

    def is_code(self, first: int, last: int) -> bool:
        """Whether all lines from one to another are code lines, or blank."""
        return all(self._is_code_or_blank[first : last + 1])

    @cached_property
    def _is_code_or_blank(self) -> list[bool]:
        code = set(self.code_lines)
        return [number in code or line.is_blank for number, line in enumerate(self.lines)]

    def _scan(self) -> None:
        change = [0] * len(self.lines)
        for match in _LEXEME.finditer(self.text):
            lexeme = match[0]
            if lexeme in _DEPTH:
                change[self.line_at(match.start())] += _DEPTH[lexeme]
            elif "\n" in lexeme:
                first, last = (self.line_at(offset) for offset in match.span())
                self._prose.update(range(first, last + 1))
                self._continued.update(range(first + 1, last + 1))
        self._is_nested = [depth > 0 for depth in accumulate(change[:-1], initial=0)]

    def _header_end(self) -> int:
        """The number of the first line that is neither a comment nor blank."""
        for number, line in enumerate(self.lines):
            if not line.is_blank and self.text[line.code] != "#":
                return number
        return len(self.lines)

    def _tables(self) -> set[int]:
        """Lines of long runs, within brackets, that hold nothing but literals."""
        tables: set[int] = set()
        run: list[int] = []
        for number, line in enumerate(self.lines):
            if self._is_nested[number] and _LITERALS.fullmatch(self.text, line.code, line.end):
                run.append(number)
                continue
            if len(run) > _LONGEST_TABLE:
                tables.update(run)
            run = []
        return tables

    def _statements(self) -> tuple[dict[int, int], dict[int, int]]:
        """By first line: the line after the statement's last, and the statement that follows it."""
        ends: dict[int, int] = {}
        followers: dict[int, int] = {}
        unfinished: list[int] = []
        after_last_code = 0
        for number, line in enumerate(self.lines):
            if line.is_blank:
                continue
            if self._starts_statement(number):
                while unfinished and self.lines[unfinished[-1]].indent >= line.indent:
                    before = unfinished.pop()
                    ends[before] = after_last_code
                    if self.lines[before].indent == line.indent:
                        followers[before] = number
                unfinished.append(number)
            after_last_code = number + 1
        ends.update(dict.fromkeys(unfinished, after_last_code))
        return ends, followers

    def _starts_statement(self, number: int) -> bool:
        if self._is_nested[number] or number in self._continued:
            return False
        before = self.lines[number - 1] if number else None
        return before is None or before.is_blank or self.text[before.end - 1] != "\\"


def _lines_of(text: str) -> list[Line]:
    lines: list[Line] = []
    start = 0
    for line in text.split("\n"):
        line_end = start + len(line.rstrip("\r"))
        indent = len(line) - len(line.lstrip(" \t\f\r"))
        lines.append(Line(start, min(start + indent, line_end), line_end))
        start += len(line) + 1
    return lines
