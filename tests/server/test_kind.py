"""What kind of hole a place is, and its edges: marked-up code in, one file of places a language."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mezzotint_grammars import LANGUAGES, Language
from mezzotint_grammars.span import Span
from mezzotint_server.holes import Surroundings, surroundings_of

HOLE, BLOCK_END = "‸", "⌟"
MUCH_USED = {"python", "typescript", "rust", "go", "java", "cpp"}
FILES = sorted((Path(__file__).parent / "places").glob("*.toml"))


def places() -> list[Any]:
    return [
        pytest.param(file.stem, place, id=f"{file.stem}: {place['says']}")
        for file in FILES
        for place in tomllib.loads(file.read_text("utf-8"))["place"]
    ]


def check(language: str, place: dict[str, Any]) -> Surroundings:
    """The surroundings of a place, their edges as the file says."""
    marked = place["code"]
    block_end = marked.replace(HOLE, "").find(BLOCK_END)
    before, after = marked.replace(BLOCK_END, "").split(HOLE)
    found = surroundings_of(before + after, Span(len(before), len(before)), language)
    edges = found.edges
    assert edges.zone.value == place.get("zone", "code")
    assert edges.indent == place.get("indent", "")
    assert edges.block_end == (None if block_end < 0 else block_end)
    return found


@pytest.mark.parametrize(("language", "place"), places())
def test_a_place_is_this_kind_of_hole(language: str, place: dict[str, Any]) -> None:
    found = check(language, place)
    typed, asked = found.hole_while_typing(), found.hole_asked_for()

    assert (typed.kind.value if typed else "") == place["typed"]
    assert asked.kind.value == place.get("asked", place["typed"])
    assert (asked.lines == 1) == asked.kind.is_within_line


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_language_has_its_places(language: Language) -> None:
    found = sum(file == language.id for file, _ in (each.values for each in places()))

    assert found >= (20 if language.id in MUCH_USED else 8)
