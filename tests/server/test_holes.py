"""From a cursor in an open document to the hole."""

import pytest
from lsprotocol import types

from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_server.documents import Documents
from mezzotint_server.holes import hole_at


@pytest.mark.parametrize(
    ("text", "line", "index", "hole"),
    [
        ("", 0, 0, Hole("", "", kind=HoleKind.LINE)),
        ("a = b\nc\n", 0, 4, Hole("a = ", "b\nc\n", kind=HoleKind.PART_OF_LINE)),
        ("a\r\nb = \r\nc", 1, 4, Hole("a\nb = ", "\nc", kind=HoleKind.REST_OF_LINE)),
        ("a\r\rb", 1, 0, Hole("a\n", "\nb", kind=HoleKind.LINE)),
        ("a:\n    \nb", 1, 4, Hole("a:\n    ", "\nb", kind=HoleKind.LINE)),
        ("é\x0c🦀\n", 0, 2, Hole("é\x0c", "🦀\n", kind=HoleKind.PART_OF_LINE)),
    ],
)
def test_the_engine_sees_both_sides_of_the_cursor_with_line_feeds_alone(
    text: str, line: int, index: int, hole: Hole
) -> None:
    documents = Documents()
    documents.open(types.TextDocumentItem("file:///a.py", "python", 1, text))
    document = documents.get("file:///a.py")
    assert document is not None
    assert hole_at(document, line, index) == hole
