"""What somebody wants done with some code, told by a comment at its top.

For editors that have no command that asks. Knows text and how a language writes comments.
"""

from dataclasses import dataclass

from mezzotint_grammars import language_for
from mezzotint_grammars.lines import line_after, line_at
from mezzotint_grammars.span import Span
from mezzotint_server.rewriting.marked import trimmed


@dataclass(frozen=True, slots=True)
class Told:
    """A comment that says what to do, and the code below it."""

    instruction: str
    comment: Span
    """Up to where the code begins: it goes once that is done."""
    code: Span


def told_at_top(text: str, region: Span, language_id: str) -> Told | None:
    """Nothing if the region does not begin with lines of comment, or has nothing else."""
    language = language_for(language_id)
    if language is None:
        return None
    lexis = language.lexis
    marks = (*lexis.line_comments, *lexis.spaced_comments)
    said: list[str] = []
    line = line_at(text, region.start)
    while marks and text.startswith(marks, line.content.start) and line.content.end <= region.end:
        said.append(text[line.content.start : line.content.end].lstrip("".join(marks)).strip())
        following = line_after(text, line)
        if following is None:
            return None
        line = following
    code = trimmed(text, Span(line.start, region.end)) if line.start < region.end else None
    instruction = " ".join(filter(None, said))
    if code is None or not instruction:
        return None
    return Told(instruction, Span(region.start, code.start), code)
