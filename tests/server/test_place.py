"""Places as people type them."""

from pathlib import Path

import pytest

from mezzotint_server.place import Place, parse_position
from mezzotint_server.source_file import SourceFileError


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a.py:3", Place("a.py", 3)),
        ("a.py:3:7", Place("a.py", 3, 7)),
        ("a b/ü.py:3:7", Place("a b/ü.py", 3, 7)),
        (r"C:\code\a.py:3", Place(r"C:\code\a.py", 3)),
        (r"C:\code\a.py:3:7", Place(r"C:\code\a.py", 3, 7)),
        ("a:b.py:3", Place("a:b.py", 3)),
        ("a.py:0", Place("a.py", 0)),
        ("1:2:3:4", Place("1:2", 3, 4)),
    ],
)
def test_a_place_is_a_path_a_line_and_maybe_a_column(text: str, place: Place) -> None:
    assert Place.parse(text) == place


def test_a_path_that_ends_in_a_number_is_found_if_it_is_there(tmp_path: Path) -> None:
    odd = tmp_path / "build:12"
    odd.touch()
    assert Place.parse(f"{odd}:3") == Place(str(odd), 3)
    assert Place.parse(f"{odd}:3:4") == Place(str(odd), 3, 4)


@pytest.mark.parametrize(
    "text",
    ["", "a.py", "a.py:", "a.py:x", "a.py:-3", "a.py:3.5", ":3", "a.py:" + "9" * 5000, "a.py:٣"],
)
def test_what_is_no_place_is_told_how_to_say_one(text: str) -> None:
    with pytest.raises(SourceFileError, match="LINE"):
        Place.parse(text)


@pytest.mark.parametrize(("text", "position"), [("3", (3, None)), ("3:7", (3, 7)), ("0:0", (0, 0))])
def test_a_position_is_a_line_and_maybe_a_column(
    text: str, position: tuple[int, int | None]
) -> None:
    assert parse_position(text) == position


@pytest.mark.parametrize("text", ["", ":", "3:", ":7", "x:7", "3:x", "3:7:9"])
def test_what_is_no_position_is_told_how_to_say_one(text: str) -> None:
    with pytest.raises(SourceFileError, match="LINE:COLUMN"):
        parse_position(text)
