"""Several gaps in a canvas: where they are, and how long."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_infill.gaps import EDGES, behind, filled, lay_gaps
from mezzotint_infill.hole import Gap, Hole, HoleKind
from mezzotint_infill.length import LengthGrid, ToldLength
from mezzotint_infill.model import Model
from mezzotint_infill.reader import Reader
from mezzotint_infill.seams import FIRST, INSIDE, LAST, ONLY

TEXTS = st.text(alphabet="ab_( ):\n.é", min_size=1, max_size=12)


def hole_of(*texts: str) -> Hole:
    """A hole with these texts before, between and after its gaps."""
    first, *between, last = texts
    return Hole(first, last, further=tuple(map(Gap, between)))


def drawn(model: Model, hole: Hole, lengths: Sequence[int]) -> str:
    """The middle with ``_`` for every free position, numbered by gap."""
    middle = lay_gaps(hole, Reader(model)).middle(lengths)
    gap_of = dict(zip(middle.free, (edge // EDGES for edge in middle.edges), strict=True))
    return "".join(
        f"[{gap_of[place]}]" if place in gap_of else model.decode([token])
        for place, token in enumerate(middle.tokens)
    )


@pytest.mark.parametrize(
    ("hole", "lengths", "expected"),
    [
        (hole_of("f(", ", ", ")"), (1, 2), "[0], [1][1]"),
        (hole_of("f(", "\n    ", " + ", "\n"), (1, 1, 1), "[0]\n    [1] + [2]"),
        (hole_of("f(", "(left) + le", ")"), (1, 1), "[0](left) +[1]"),
        (hole_of("f(", "urn (", ")"), (2, 1), "[0][0] ([1]"),
        (hole_of("f(", "x", ")"), (1, 1), "[0][1]"),
    ],
    ids=["signs", "three", "half a word before", "half a word after", "one word"],
)
def test_what_stands_between_gaps_is_pinned_but_for_half_words(
    tiny_model: Model, hole: Hole, lengths: tuple[int, ...], expected: str
):
    assert drawn(tiny_model, hole, lengths) == expected


def test_the_edges_of_every_gap_are_told_apart(tiny_model: Model):
    middle = lay_gaps(hole_of("f(", ", ", ")"), Reader(tiny_model)).middle((1, 3))
    assert middle.edges == (ONLY, EDGES + FIRST, EDGES + INSIDE, EDGES + LAST)


def test_each_gap_is_kept_within_its_line_if_it_alone_is(tiny_model: Model):
    reader = Reader(tiny_model)
    hole = Hole("f(", ")", kind=HoleKind.LINE, further=(Gap(", "),))
    forbidden = lay_gaps(hole, reader).forbidden(reader)
    newline = tiny_model.encode("\n")[0]
    assert forbidden[:, newline].tolist() == [True] * EDGES + [False] * EDGES


@settings(max_examples=20)
@given(st.lists(TEXTS, min_size=3, max_size=5), st.integers(1, 9))
def test_combinations_fit_and_give_every_gap_its_lengths(
    tiny_model: Model, texts: list[str], told: int
):
    gaps = lay_gaps(hole_of(*texts), Reader(tiny_model))
    if gaps.room < len(texts):
        return
    for policy in (LengthGrid(), ToldLength(told)):
        found = gaps.combinations(policy)
        assert all(sum(lengths) <= gaps.room and min(lengths) >= 1 for lengths in found)
    wide = LengthGrid(across_lines=(1, 2, 3))
    if gaps.room >= 3 * len(texts):
        found = gaps.combinations(wide)
        assert all(set(column) == {1, 2, 3} for column in zip(*found, strict=True))


@given(st.lists(TEXTS, min_size=2, max_size=5), st.data())
def test_what_is_behind_some_gaps_is_the_rest_of_the_hole(texts: list[str], data: st.DataObject):
    hole = hole_of(*texts)
    count = len(hole.further) + 1
    told = data.draw(st.lists(TEXTS, min_size=count, max_size=count))
    done = data.draw(st.integers(0, count - 1))
    rest = behind(hole, told[:done])
    assert rest.prefix + filled(rest, told[done:]) == hole.prefix + filled(hole, told)
    assert len(rest.further) == len(hole.further) - done
