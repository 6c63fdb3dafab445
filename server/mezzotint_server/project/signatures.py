"""Definitions in few words: the doc line as a comment, the signature, the members' signatures.

A listing for a reader, not code that parses. Knows outlines and how a language writes comments.
"""

from functools import lru_cache

from mezzotint_grammars import language_for
from mezzotint_server.project.outline import Entry, Outline

MAX_MEMBERS = 40
INDENT = "    "


@lru_cache(maxsize=2048)
def listing(outline: Outline, entry: int, members: tuple[int, ...]) -> str:
    """The entry, and of its members those with these indices."""
    language, owner = outline.language, outline.entries[entry]
    lines = [*_doc(language, owner), _signature(language, owner, has_members=bool(members))]
    for member in map(outline.entries.__getitem__, members[:MAX_MEMBERS]):
        own = [*_doc(language, member), _signature(language, member, has_members=False)]
        lines += [INDENT + line for line in own]
    return "\n".join(lines)


def _doc(language: str, entry: Entry) -> list[str]:
    known = language_for(language)
    if not entry.doc or known is None:
        return []
    if known.lexis.line_comments:
        return [f"{known.lexis.line_comments[0]} {entry.doc}"]
    if known.lexis.block_comments:
        start, end = known.lexis.block_comments[0]
        return [f"{start} {entry.doc} {end}"]
    return []


def _signature(language: str, entry: Entry, *, has_members: bool) -> str:
    known = language_for(language)
    if not entry.has_body or known is None or not known.indented:
        return entry.signature
    return entry.signature + (":" if has_members else ": ...")
