"""The document store against a naive one: a whole string, and offsets counted one by one."""

import os
import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from mezzotint_server import lines
from mezzotint_server.documents import Document, Documents, split_lines
from mezzotint_server.positions import PositionEncoding

URI = "file:///a.py"

TEXTS = st.text(
    st.sampled_from(["\n", "\r", "\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\u2029"])
    | st.sampled_from(["a", " ", "é", "🦀"]),
    max_size=20,
)


@dataclass
class NaiveDocument:
    """The specification's words, as plainly as they can be put."""

    text: str
    encoding: PositionEncoding

    def lines(self) -> list[tuple[int, int]]:
        """The offsets at which each line starts, and at which its line break does."""
        found: list[tuple[int, int]] = []
        start = offset = 0
        while offset < len(self.text):
            if self.text.startswith("\r\n", offset):
                found.append((start, offset))
                start = offset = offset + 2
            elif self.text[offset] in "\r\n":
                found.append((start, offset))
                start = offset = offset + 1
            else:
                offset += 1
        return [*found, (start, offset)]

    def offset(self, position: types.Position) -> int:
        lines = self.lines()
        if position.line >= len(lines):
            return len(self.text)
        start, end = lines[position.line]
        offset = start
        while offset < end and self.units(start, offset + 1) <= position.character:
            offset += 1
        return offset

    def units(self, start: int, end: int) -> int:
        return sum(map(self.encoding.width, self.text[start:end]))

    def apply(self, change: types.TextDocumentContentChangePartial) -> None:
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        self.text = self.text[:start] + change.text + self.text[end:]


POSITIONS = st.builds(types.Position, line=st.integers(0, 8), character=st.integers(0, 12))

RANGES = st.builds(types.Range, start=POSITIONS, end=POSITIONS).filter(
    lambda it: it.start <= it.end
)

CHANGES = st.builds(types.TextDocumentContentChangePartial, range=RANGES, text=TEXTS)


def opened(text: str, encoding: PositionEncoding = PositionEncoding.UTF_16) -> Documents:
    documents = Documents(encoding)
    documents.open(types.TextDocumentItem(URI, "python", 1, text))
    return documents


def the(documents: Documents) -> Document:
    document = documents.get(URI)
    assert document is not None
    return document


@given(
    text=TEXTS,
    changes=st.lists(CHANGES, max_size=5),
    encoding=st.sampled_from(PositionEncoding),
)
def test_edits_land_where_a_naive_reading_of_the_specification_puts_them(
    text: str, changes: list[types.TextDocumentContentChangePartial], encoding: PositionEncoding
) -> None:
    documents = opened(text, encoding)
    naive = NaiveDocument(text, encoding)
    documents.change(URI, 2, changes)
    for change in changes:
        naive.apply(change)
    assert the(documents).text == naive.text
    assert the(documents).lines == split_lines(naive.text)


@given(text=TEXTS)
def test_lines_end_only_where_the_protocol_ends_them(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert [len(line.rstrip("\r\n")) for line in lines] == [
        end - start for start, end in NaiveDocument(text, PositionEncoding.UTF_8).lines()
    ]


@given(text=TEXTS, position=POSITIONS, encoding=st.sampled_from(PositionEncoding))
def test_a_place_is_as_far_into_the_text_as_was_meant_and_is_written_back_so(
    text: str, position: types.Position, encoding: PositionEncoding
) -> None:
    document = the(opened(text, encoding))
    line, index = document.place(position)
    assert document.offset(line, index) == NaiveDocument(text, encoding).offset(position)
    assert document.place(document.position(line, index)) == (line, index)


def check_edit(before: str, start: tuple[int, int], end: tuple[int, int], text: str) -> str:
    documents = opened(before)
    change = types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )
    documents.change(URI, 2, [change])
    assert the(documents).lines == split_lines(the(documents).text)
    return the(documents).text


@pytest.mark.parametrize(
    ("before", "start", "end", "text", "after"),
    [
        ("a\x0cb\nc", (1, 0), (1, 1), "X", "a\x0cb\nX"),
        ("a\u2028b\nc", (1, 0), (1, 1), "X", "a\u2028b\nX"),
        ("a\r\nb", (0, 9), (0, 9), "!", "a!\r\nb"),
        ("a\rb", (1, 0), (1, 0), "\n", "a\r\nb"),
        ("a\nb", (0, 1), (0, 1), "\r", "a\r\nb"),
        ("a\r\nb", (0, 1), (1, 0), "", "ab"),
        ("ab", (0, 9), (0, 9), "c", "abc"),
        ("🦀b", (0, 2), (0, 3), "c", "🦀c"),
        ("a", (5, 0), (5, 0), "b", "ab"),
        ("abc", (0, 2), (0, 1), "X", "aXc"),
    ],
)
def test_edits_at_places_that_stores_get_wrong(
    before: str, start: tuple[int, int], end: tuple[int, int], text: str, after: str
) -> None:
    assert check_edit(before, start, end, text) == after


def test_a_change_without_a_range_replaces_everything() -> None:
    documents = opened("old\n")
    documents.change(URI, 7, [types.TextDocumentContentChangeWholeDocument("new\n")])
    assert the(documents).text == "new\n"
    assert the(documents).version == 7


def test_an_edit_leaves_the_version_before_it_as_it_was() -> None:
    documents = opened("old")
    before = the(documents)
    documents.change(URI, 2, [types.TextDocumentContentChangeWholeDocument("new")])
    assert before.text == "old"
    assert the(documents) is not before


@pytest.mark.parametrize(
    ("text", "line_break"),
    [("", "\n"), ("a", "\n"), ("a\nb\r\n", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb", "\r")],
)
def test_the_first_line_break_is_the_documents(text: str, line_break: str) -> None:
    assert the(opened(text)).line_break == line_break


EDITS_VARIABLE = "MEZZOTINT_EDITS"
"""How many edits a long day has, in all encodings together; a million takes two minutes."""

PIECES = ("\n", "\r", "\r\n", "\x0c", "\x0b", "\x85", "\u2028", "é", "🦀", "ab", "", "\ta = b\n")


class PlainText:
    """A text whose offsets Python's own encoders count; quicker than one by one."""

    def __init__(self, encoding: PositionEncoding) -> None:
        self.text = ""
        self._codec, self._unit = CODECS[encoding]

    def offset(self, position: types.Position) -> int:
        starts = [0, *(match.end() for match in LINE_BREAK.finditer(self.text))]
        if position.line >= len(starts):
            return len(self.text)
        start = starts[position.line]
        line = CONTENT.match(self.text, start)
        assert line is not None
        units = line[0].encode(self._codec)[: position.character * self._unit]
        return start + len(units.decode(self._codec, "ignore"))

    def apply(self, change: types.TextDocumentContentChangePartial) -> None:
        start, end = sorted((self.offset(change.range.start), self.offset(change.range.end)))
        self.text = self.text[:start] + change.text + self.text[end:]


LINE_BREAK = re.compile(r"\r\n|\r|\n")
CONTENT = re.compile(r"[^\r\n]*")
CODECS = {
    PositionEncoding.UTF_8: ("utf-8", 1),
    PositionEncoding.UTF_16: ("utf-16-le", 2),
    PositionEncoding.UTF_32: ("utf-32-le", 4),
}


def random_change(chance: random.Random, lines: int) -> types.TextDocumentContentChangePartial:
    line = chance.randrange(lines + 1)
    start = types.Position(line, chance.randrange(8))
    # A text that has grown long is cut back.
    reach = chance.choice((0, 0, 1, 2)) if lines < 60 else 30
    end = types.Position(line + reach, chance.randrange(8))
    text = "".join(chance.choices(PIECES, k=chance.randrange(4)))
    return types.TextDocumentContentChangePartial(types.Range(start, end), text)


@pytest.mark.parametrize("encoding", PositionEncoding)
def test_a_long_day_of_edits_ends_with_the_same_text(
    encoding: PositionEncoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CHUNK", 4)
    chance = random.Random(0)
    documents, plain = opened("", encoding), PlainText(encoding)
    for number in range(int(os.environ.get(EDITS_VARIABLE, "60000")) // 3):
        change = random_change(chance, len(the(documents).lines))
        documents.change(URI, number, [change])
        plain.apply(change)
        assert the(documents).text == plain.text, f"edit {number}: {change}"
    assert list(the(documents).lines) == list(split_lines(plain.text))


def test_a_closed_document_is_gone_and_edits_to_it_are_ignored() -> None:
    documents = opened("x")
    documents.close(URI)
    documents.change(URI, 2, [types.TextDocumentContentChangeWholeDocument("y")])
    assert documents.get(URI) is None
