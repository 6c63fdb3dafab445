"""The comments that say what a definition is for, told by their marks alone.

Reads lines and not the tree: to ask a node for the one before it costs a walk through the text.
"""

import re

from mezzotint_grammars.lexis import Lexis

_MARKS = ("/*", "//", "#", "--", "<!--", "*")
_OPENER = re.compile(r"^(?:/\*+!?|//+!?|#+|--+(?:\[\[)?|<!--|\*+(?!/))\s?")
_CLOSER = re.compile(r"\s*(?:\*+/|--+>|\]\])\s*$")
_CLOSER_ENDS = ("*/", "->", "]]")
_TAGS = re.compile(r"</?[a-z]+(?: [^<>]*)?/?>")
_WORDS = re.compile(r"[^\W_]|[`\"'(\[{<*]\w")
_ATTRIBUTES = ("@", "#[", "[", "#!")
"""What starts a line that says something to a tool: it may stand between, and is no comment."""


def doc_before(text: str, start: int, lexis: Lexis) -> str:
    """The comments in the lines right above a place, or nothing."""
    found: list[str] = []
    below = _line_start(text, start)
    while below:
        line_start = _line_start(text, below - 1)
        line = text[line_start : below - 1]
        content = line.strip()
        if not content:
            break
        first = line_start + line.index(content[0])
        begin = _comment_that_ends(text, first, first + len(content), lexis)
        if begin is not None:
            found.append(text[begin : first + len(content)])
        elif not content.startswith(_ATTRIBUTES):
            break
        below = line_start if begin is None else _line_start(text, begin)
    return "\n".join(reversed(found))


def first_line(doc: str) -> str:
    """The first line that says something, without marks and tags."""
    if not doc:
        return ""
    lines = map(_unmarked, doc.splitlines())
    return next((line for line in lines if _WORDS.match(line)), "")


def _unmarked(line: str) -> str:
    line = line.strip()
    if line.startswith(_MARKS):
        line = _OPENER.sub("", line, count=1)
    if line.endswith(_CLOSER_ENDS):
        line = _CLOSER.sub("", line)
    return (_TAGS.sub("", line) if "<" in line else line).strip()


def _comment_that_ends(text: str, start: int, end: int, lexis: Lexis) -> int | None:
    """Where the comment starts that is all of this line, or ends with it and fills the others."""
    if text.startswith(_ATTRIBUTES, start):
        return None
    if text.startswith((*lexis.line_comments, *lexis.spaced_comments), start):
        return start
    for opener, closer in lexis.block_comments:
        if text.endswith(closer, start, end):
            begin = text.rfind(opener, 0, end - len(closer))
            return begin if begin >= 0 and _starts_line(text, begin) else None
    return None


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _starts_line(text: str, place: int) -> bool:
    before = text[_line_start(text, place) : place]
    return not before or before.isspace()
