"""Where an edit ends: where its user's cursor is, as far as a server can know."""

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from mezzotint_server.documents import Document, Documents

URI = "file:///a.py"
PLACES = st.tuples(st.integers(0, 5), st.integers(0, 9)).map(lambda place: types.Position(*place))


def texts(*letters: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(letters), max_size=20).map("".join)


def opened(text: str) -> Document:
    documents = Documents()
    documents.open(types.TextDocumentItem(URI, "python", 1, text))
    document = documents.get(URI)
    assert document is not None
    return document


LINES = texts("\n", "a", "é", "🦀", "\u2028", "\r\n")
ANY = texts("\n", "\r", "a")


@given(LINES, PLACES, PLACES, LINES)
def test_an_edit_ends_behind_what_it_puts_in(
    before: str, start: types.Position, end: types.Position, text: str
) -> None:
    old = opened(before)
    change = types.TextDocumentContentChangePartial(types.Range(start, end), text)
    first = min(old.offset(*old.place(place)) for place in (start, end))
    new = old.edited(change)
    assert new.offset(*new.end_of(change)) == first + len(text)


@given(ANY, PLACES, PLACES, ANY)
def test_an_edit_that_joins_the_signs_of_a_line_break_ends_within_the_document(
    before: str, start: types.Position, end: types.Position, text: str
) -> None:
    change = types.TextDocumentContentChangePartial(types.Range(start, end), text)
    new = opened(before).edited(change)
    line, index = new.end_of(change)
    assert new.place(new.position(line, index)) == (line, index)
