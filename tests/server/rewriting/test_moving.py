"""Places that keep to their text while the document changes; ‹ and › mark them."""

import re

import pytest
from lsprotocol import types

from mezzotint_grammars.span import Span
from mezzotint_server.documents import Document, Documents
from mezzotint_server.rewriting.marked import Text
from mezzotint_server.rewriting.moving import MovingPlaces


def document_of(source: str, version: int) -> Document:
    documents = Documents()
    documents.open(types.TextDocumentItem("file:///a.py", "python", version, source))
    document = documents.get("file:///a.py")
    assert document is not None
    return document


def spans_of(marked: str) -> tuple[str, list[Span]]:
    text = re.sub("[‹›]", "", marked)
    marks = [match.start() - number for number, match in enumerate(re.finditer("[‹›]", marked))]
    return text, [Span(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n‹b›\nc\n", "new\na\n‹b›\nc\n"),
        ("a\n‹b›\nc\n", "a\n‹b›\nc\nnew\n"),
        ("a\n‹b›\nc\n", "‹b›\nc\n"),
        ("a ‹b› c ‹d›\n", "a ‹b› new c ‹d›\n"),
        ("a ‹b› c ‹›\n", "new a ‹b› c ‹›\n"),
        ("a\r\n‹b›\r\n", "new\r\na\r\n‹b›\r\n"),
        ("a ‹b›\n", "a ‹b›\n"),
    ],
)
def test_what_changes_elsewhere_moves_them(before: str, after: str) -> None:
    old, new = (spans_of(it.replace("\r", "")) for it in (before, after))
    source, changed = (re.sub("[‹›]", "", it) for it in (before, after))
    places = MovingPlaces(Text.of(document_of(source, 1)), old[1])
    places.follow(document_of(changed, 2))
    assert not places.are_lost
    assert list(places.spans) == new[1]
    assert places.text.document.version == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a ‹bcd› e\n", "a bxcd e\n"),
        ("a ‹bcd› e\n", "a e\n"),
        ("a ‹bcd› e\n", "a xd e\n"),
        ("a ‹b› c ‹› d\n", "a b c x d\n"),
    ],
)
def test_what_changes_in_them_makes_an_end(before: str, after: str) -> None:
    text, spans = spans_of(before)
    places = MovingPlaces(Text.of(document_of(text, 1)), spans)
    ends: list[None] = []
    places.when_lost(lambda: ends.append(None))
    places.follow(document_of(after, 2))
    assert places.are_lost
    places.follow(document_of(after + after, 3))
    assert len(ends) == 1
