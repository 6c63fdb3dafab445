"""A cursor in an open document -> the hole that the engine is asked to fill."""

from mezzotint_infill.hole import Hole
from mezzotint_server.documents import Document
from mezzotint_server.kind import kind_of


def hole_at(document: Document, line: int, index: int) -> Hole:
    """The hole at a cursor that stands before ``document.lines[line][index]``.

    The engine sees line feeds alone, whatever the document has.
    """
    left, right = document.lines[line][:index], document.lines[line][index:]
    return Hole(
        prefix=_with_line_feeds(document.before(line, index)),
        suffix=_with_line_feeds(document.after(line, index)),
        language=document.language,
        kind=kind_of(left, right),
    )


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
