"""Holes that make no sense are refused with a sentence, wherever they are made."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Gap, Hole, HoleKind, Rewrite, hole_of_spans

LINE, REGION = HoleKind.LINE, HoleKind.REGION
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Rewrite("", 0.5), "There is nothing to rewrite: the region is empty."),
    (lambda: Rewrite(" \n", 0.5), "There is nothing to rewrite: the region is empty."),
    (lambda: Rewrite("x", 1.5), "The strength must be from 0 to 1, not 1.5."),
    (lambda: Rewrite("x", -0.1), "The strength must be from 0 to 1, not -0.1."),
    (lambda: Rewrite("x", float("nan")), "The strength must be from 0 to 1, not nan."),
    (lambda: Gap(""), "Two gaps touch each other; make them one."),
    (
        lambda: Hole("", "", further=(Gap("x"),), rewrite=Rewrite("x", 1)),
        "A region that is rewritten has no further gaps.",
    ),
    (lambda: hole_of_spans("abc", []), "There is no place to fill."),
    (lambda: hole_of_spans("abc", [(0, 2), (1, 3)]), "Two of the places overlap."),
    (lambda: hole_of_spans("abc", [(0, 1), (1, 3)]), "Two gaps touch each other; make them one."),
    (lambda: hole_of_spans("abc", [(1, 4)]), "There is no text from 1 to 4 to be filled."),
    (lambda: hole_of_spans("abc", [(2, 1)]), "There is no text from 2 to 1 to be filled."),
]


@pytest.mark.parametrize(("make", "sentence"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_what_makes_no_sense_is_refused(make: Callable[[], object], sentence: str):
    with pytest.raises(BadHoleError) as refused:
        make()
    assert str(refused.value) == sentence


def test_places_in_a_text_become_gaps_in_their_order():
    hole = hole_of_spans("a = 1\nb = 22\n", [(10, 12), (4, 5)], kinds=[LINE, REGION])
    assert hole == Hole("a = ", "\n", kind=REGION, further=(Gap("\nb = ", LINE),))


@given(st.text(max_size=30), st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True))
def test_what_is_no_gap_is_all_still_there(text: str, places: list[int]):
    edges = sorted({min(place, len(text)) for place in places})
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    if not spans:
        return
    hole = hole_of_spans(text, spans)
    kept = hole.prefix + "".join(gap.between for gap in hole.further) + hole.suffix
    marked = [place for start, end in spans for place in range(start, end)]
    assert kept == "".join(one for place, one in enumerate(text) if place not in marked)
