"""Definitions in few words: the doc line as a comment, the signature, the members' signatures.

A listing for a reader, not code that parses. Knows outlines and how a language writes comments.
"""

from functools import lru_cache

from mezzotint_grammars import language_for
from mezzotint_grammars.lexis import Lexis
from mezzotint_server.project.outline import Entry, Outline

MAX_MEMBERS = 40
INDENT = "    "


@lru_cache(maxsize=2048)
def listing(outline: Outline, entry: int, members: tuple[int, ...]) -> str:
    """The entry, and of its members those with these indices."""
    language = outline.language
    lines = [_told(language, outline.entries[entry], has_members=bool(members))]
    for member in members[:MAX_MEMBERS]:
        told = _told(language, outline.entries[member], has_members=False)
        lines.append(INDENT + told.replace("\n", f"\n{INDENT}"))
    return "\n".join(lines)


def _told(language: str, entry: Entry, *, has_members: bool) -> str:
    return _lines(language, entry.doc, entry.signature, entry.has_body, has_members)


@lru_cache(maxsize=8192)
def _lines(language: str, doc: str, signature: str, has_body: bool, has_members: bool) -> str:
    """By what it says and not where it is: every pause in typing gives a file another outline."""
    known = language_for(language)
    if has_body and known is not None and known.indented:
        signature += ":" if has_members else ": ..."
    comment = _comment(doc, known.lexis) if doc and known is not None else ""
    return f"{comment}\n{signature}" if comment else signature


def _comment(text: str, lexis: Lexis) -> str:
    if lexis.line_comments:
        return f"{lexis.line_comments[0]} {text}"
    if lexis.block_comments:
        start, end = lexis.block_comments[0]
        return f"{start} {text} {end}"
    return ""
