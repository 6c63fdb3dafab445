"""The comments that say what a definition is for, told by their marks alone.

Reads lines and not the tree: to ask a node for the one before it costs a walk through the text.
"""

import re

from mezzotint_grammars.lexis import Lexis
from mezzotint_grammars.lines import line_at, line_before

_MARKS = re.compile(
    r"^\s*(?:/\*+!?|//+!?|#+|--+(?:\[\[)?|<!--|\*+(?!/))?\s?|\s*(?:\*+/|--+>|\]\])\s*$"
)
_TAGS = re.compile(r"</?[a-z]+(?: [^<>]*)?/?>")
_WORDS = re.compile(r"[^\W_]|[`\"'(\[{<*]\w")
_ATTRIBUTES = ("@", "#[", "[", "#!")
"""What starts a line that says something to a tool: it may stand between, and is no comment."""


def doc_before(text: str, start: int, lexis: Lexis) -> str:
    """The comments in the lines right above a place, or nothing."""
    found: list[str] = []
    line = line_before(text, line_at(text, start))
    while line is not None and not line.is_blank:
        content = text[line.content.start : line.content.end]
        begin = _comment_that_ends(text, line.content.start, line.content.end, lexis)
        if begin is not None:
            found.append(text[begin : line.content.end])
            line = line_at(text, begin)
        elif not content.startswith(_ATTRIBUTES):
            break
        line = line_before(text, line)
    return "\n".join(reversed(found))


def first_line(doc: str) -> str:
    """The first line that says something, without marks and tags."""
    lines = (_TAGS.sub("", _MARKS.sub("", line)).strip() for line in doc.splitlines())
    return next((line for line in lines if _WORDS.match(line)), "")


def _comment_that_ends(text: str, start: int, end: int, lexis: Lexis) -> int | None:
    """Where the comment starts that is all of this line, or ends with it and fills the others."""
    if text.startswith(_ATTRIBUTES, start):
        return None
    if text.startswith((*lexis.line_comments, *lexis.spaced_comments), start):
        return start
    for opener, closer in lexis.block_comments:
        if text.endswith(closer, start, end):
            begin = text.rfind(opener, 0, end - len(closer))
            return begin if begin >= 0 and line_at(text, begin).content.start == begin else None
    return None
