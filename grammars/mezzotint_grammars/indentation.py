"""What is around a place, told by indentation and braces alone: for languages without a grammar."""

from mezzotint_grammars.lines import Line, column_after, line_after, line_at, line_before
from mezzotint_grammars.span import Span

_REACH = 50_000
"""How many characters away a brace is looked for."""


def block_at(text: str, offset: int) -> Span:
    """The smaller of the innermost braces and the lines that are indented as far; else all."""
    line = line_at(text, offset)
    column = column_after(text[line.start : offset]) if line.is_blank else line.column
    around = [Span(0, len(text)), _between_braces(text, offset), _indented(text, line, column)]
    return min((span for span in around if span), key=lambda span: span.end - span.start)


def statement_at(text: str, offset: int) -> Span | None:
    """The line, without white space around it; nothing if it is blank."""
    line = line_at(text, offset)
    return None if line.is_blank else line.content


def definition_at(text: str, offset: int) -> Span | None:
    """The indented lines around the place, with the line that they begin under and a closing one."""
    line: Line | None = line_at(text, offset)
    while line is not None and (line.is_blank or line.column > 0 or _closes(text, line)):
        line = line_before(text, line)
    if line is None:
        return None
    last, below = line, line_after(text, line)
    while below is not None and (below.is_blank or below.column > 0 or _closes(text, below)):
        last = last if below.is_blank else below
        below = line_after(text, below)
    return Span(line.start, last.content.end) if last.start > line.start else None


def _closes(text: str, line: Line) -> bool:
    return text[line.content.start : line.content.start + 1] in (")", "]", "}")


def _between_braces(text: str, offset: int) -> Span | None:
    start = _unmatched(text[max(0, offset - _REACH) : offset][::-1], "{", "}")
    end = _unmatched(text[offset : offset + _REACH], "}", "{")
    return None if start is None or end is None else Span(offset - start, offset + end)


def _unmatched(text: str, wanted: str, partner: str) -> int | None:
    """Where the first brace is that has no partner before it."""
    depth = 0
    for place, char in enumerate(text):
        if char == wanted and depth == 0:
            return place
        depth += (char == partner) - (char == wanted)
    return None


def _indented(text: str, line: Line, column: int) -> Span | None:
    """The run of lines that are indented at least so far, blank ones included."""
    if column == 0:
        return None
    first = last = line
    while (above := line_before(text, first)) and (above.is_blank or above.column >= column):
        first = above
    while (below := line_after(text, last)) and (below.is_blank or below.column >= column):
        last = below
    return Span(first.start, last.end)
