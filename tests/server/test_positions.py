"""Columns on the wire and indexes in Python, against Python's own encoders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.positions import PositionEncoding, choose_encoding, column_of, index_of

UTF_8, UTF_16, UTF_32 = PositionEncoding

CODECS = {UTF_8: ("utf-8", 1), UTF_16: ("utf-16-le", 2), UTF_32: ("utf-32-le", 4)}

LINES = st.text(
    st.sampled_from("a \té\u2028\x0c\x85߿ࠀ\uffff\U00010000🦀") | st.characters(), max_size=12
)


def units(text: str, encoding: PositionEncoding) -> int:
    codec, bytes_a_unit = CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // bytes_a_unit


@given(line=LINES, data=st.data(), encoding=st.sampled_from(PositionEncoding))
def test_a_column_counts_what_the_encoder_makes(
    line: str, data: st.DataObject, encoding: PositionEncoding
) -> None:
    index = data.draw(st.integers(0, len(line)))
    column = column_of(line, index, encoding)
    assert column == units(line[:index], encoding)
    assert index_of(line, column, encoding) == index


@given(line=LINES, column=st.integers(0, 60), encoding=st.sampled_from(PositionEncoding))
def test_any_column_means_the_last_place_that_is_not_behind_it(
    line: str, column: int, encoding: PositionEncoding
) -> None:
    index = index_of(line, column, encoding)
    assert units(line[:index], encoding) <= column
    assert index == len(line) or units(line[: index + 1], encoding) > column


@pytest.mark.parametrize(
    ("line", "column", "encoding", "index"),
    [
        ("🦀x", 2, UTF_16, 1),
        ("🦀x", 4, UTF_8, 1),
        ("🦀x", 1, UTF_32, 1),
        ("🦀x", 1, UTF_16, 0),
        ("🦀x", 3, UTF_8, 0),
        ("éx", 1, UTF_16, 1),
        ("éx", 2, UTF_8, 1),
        ("abc", 99, UTF_16, 3),
        ("éa", 99, UTF_8, 2),
        ("", 0, UTF_8, 0),
    ],
)
def test_known_places(line: str, column: int, encoding: PositionEncoding, index: int) -> None:
    assert index_of(line, column, encoding) == index


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, UTF_16),
        ([], UTF_16),
        (["utf-16"], UTF_16),
        (["utf-16", "utf-8"], UTF_8),
        (["utf-16", "utf-32"], UTF_32),
        (["utf-7"], UTF_16),
    ],
)
def test_utf_8_is_chosen_where_it_is_offered(
    offered: list[str] | None, chosen: PositionEncoding
) -> None:
    assert choose_encoding(offered) is chosen
