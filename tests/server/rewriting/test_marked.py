"""What is marked: ranges of a document, and what of it is meant."""

import pytest
from lsprotocol import types

from mezzotint_grammars.span import Span
from mezzotint_server.documents import Documents
from mezzotint_server.positions import PositionEncoding
from mezzotint_server.rewriting.marked import RefusedError, Text, Vicinity, apart

Place = tuple[int, int]


def text_of(source: str, encoding: PositionEncoding = PositionEncoding.UTF_16) -> Text:
    documents = Documents(encoding)
    documents.open(types.TextDocumentItem("file:///a.py", "python", 1, source))
    document = documents.get("file:///a.py")
    assert document is not None
    return Text.of(document)


def range_of(start: Place, end: Place) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))


@pytest.mark.parametrize(
    ("source", "start", "end", "expected"),
    [
        ("ab\ncd\n", (0, 1), (1, 1), "b\nc"),
        ("ab\r\ncd\r\n", (0, 1), (1, 1), "b\nc"),
        ("a\rb\u2028c\n", (1, 0), (1, 3), "b\u2028c"),
        ("🦀é = 1\n", (0, 2), (0, 3), "é"),
        ("ab\ncd\n", (1, 1), (0, 1), "b\nc"),
        ("ab\n", (0, 0), (0, 99), "ab"),
        ("ab\n", (1, 0), (1, 0), ""),
    ],
)
def test_a_range_is_a_span_and_back(source: str, start: Place, end: Place, expected: str) -> None:
    text = text_of(source)
    span = text.span(range_of(start, end))
    assert text.text[span.start : span.end] == expected
    assert text.span(text.range(span)) == span


@pytest.mark.parametrize(
    ("start", "end", "encoding", "sentence"),
    [
        ((0, 0), (2, 0), PositionEncoding.UTF_16, "There is no line 3"),
        ((0, 1), (0, 2), PositionEncoding.UTF_16, "Line 1 cannot be cut at column 2"),
        ((0, 0), (0, 3), PositionEncoding.UTF_8, "Line 1 cannot be cut at column 4"),
    ],
)
def test_what_is_not_there_or_cuts_a_character_is_refused(
    start: Place, end: Place, encoding: PositionEncoding, sentence: str
) -> None:
    with pytest.raises(RefusedError, match=sentence):
        text_of("🦀\n", encoding).span(range_of(start, end))


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ([Span(0, 4), Span(3, 5)], "overlap"),
        ([Span(3, 5), Span(0, 4)], "overlap"),
        ([Span(0, 4), Span(4, 5)], "touch"),
        ([Span(4, 4), Span(4, 4)], "touch"),
    ],
)
def test_places_that_overlap_or_touch_are_refused(spans: list[Span], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        apart(spans)


def test_places_are_told_in_any_order() -> None:
    assert apart([Span(5, 6), Span(0, 4)]) == (Span(0, 4), Span(5, 6))


FUNCTION = "def f(x):\n    y = g(x)\n    return ..."


LONG = "x = 1\n" * 20_000


@pytest.mark.parametrize("above", ["", LONG])
@pytest.mark.parametrize(
    ("marked", "region", "holes"),
    [
        ("x = 1\n‹  y = ... \n›", "y = ...", ["..."]),
        (FUNCTION.replace("g(x)", "‹›g(x)"), "y = g(x)", ["..."]),
        (FUNCTION + "\n    ‹›\n", FUNCTION, ["..."]),
        ("‹›" + FUNCTION, FUNCTION, ["..."]),
        ("x = ...\ny = ‹›1\n", "y = 1", []),
        ("x = ‹›...\ny = 1\n", "x = ...", ["..."]),
        ("‹  \n›x = ...\n", None, []),
        ("‹›", None, []),
    ],
)
def test_an_empty_selection_means_what_is_around_it(
    marked: str, region: str | None, holes: list[str], above: str
) -> None:
    before, inside, after = (above + marked).replace("›", "‹").split("‹")
    text = text_of(before + inside + after)
    span = Span(len(before), len(before + inside))
    vicinity = Vicinity.of(text, span)
    found = vicinity.region(span)
    assert (text.text[found.start : found.end] if found else None) == region
    placeholders = vicinity.placeholders(span)
    assert [text.text[start:end] for start, end in placeholders] == holes
    assert all(start >= len(above) for start, _ in placeholders)
    assert len(vicinity.tree.text) < 40_000
