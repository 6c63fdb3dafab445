"""Lines and their indentation.

Only a line feed ends a line: U+2028 and form feeds do not, nor does a lone carriage return.
"""

from typing import NamedTuple

from mezzotint_grammars.span import Span

_TAB = 8


class Line(NamedTuple):
    """One line of a text."""

    start: int
    end: int
    """Where its line break is, or where the text ends."""
    content: Span
    """Without white space around it; an empty piece at its end if the line is blank."""
    column: int
    """How far it is indented, a tab reaching to the next multiple of eight."""

    @property
    def is_blank(self) -> bool:
        return self.content.start == self.content.end


def line_at(text: str, offset: int) -> Line:
    """The line that this place is in."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    line = text[start:end]
    code = line.strip()
    if not code:
        return Line(start, end, Span(end, end), column_after(line))
    indentation = line[: line.index(code[0])]
    first = start + len(indentation)
    return Line(start, end, Span(first, first + len(code)), column_after(indentation))


def column_after(indentation: str) -> int:
    """How wide some white space is."""
    return len(indentation.expandtabs(_TAB) if "\t" in indentation else indentation)


def line_before(text: str, line: Line) -> Line | None:
    """The line above, if there is one."""
    return line_at(text, line.start - 1) if line.start else None


def line_after(text: str, line: Line) -> Line | None:
    """The line below, if there is one."""
    return line_at(text, line.end + 1) if line.end < len(text) else None
