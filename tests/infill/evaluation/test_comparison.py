"""What ways of asking come to. In the tables a hole is its kind, its file and a word for each way."""

from collections.abc import Mapping

import pytest

from mezzotint_infill.evaluation.comparison import (
    GAIN_COLUMNS,
    WAY_COLUMNS,
    KindComparison,
    compare,
    comparison_markdown,
    gain_rows,
    way_rows,
)
from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.interval import Estimate
from mezzotint_infill.evaluation.ways import Trial, TriedHole

OUTCOMES: Mapping[str, Trial] = {
    "right": Trial("", "x", is_exact=True, similarity=1.0, breaks_file=False),
    "wrong": Trial("", "y", is_exact=False, similarity=0.5, breaks_file=False),
    "breaks": Trial("", "(", is_exact=False, similarity=0.0, breaks_file=True),
    "silent": Trial("", "", is_exact=False, similarity=0.0, breaks_file=None),
}
WAYS = ("before", "after")
LINE, WORD = CutKind.LINE, CutKind.WORD
HOLES = (
    (LINE, "a.py", "breaks", "right"),
    (LINE, "a.py", "breaks", "silent"),
    (LINE, "b.py", "right", "right"),
    (LINE, "c.py", "breaks", "breaks"),
    (LINE, "c.py", "silent", "breaks"),
    (WORD, "c.py", "wrong", "breaks"),
)


def tried(kind: CutKind, path: str, *outcomes: str) -> TriedHole:
    trials = tuple(
        Trial(way, known.text, known.is_exact, known.similarity, known.breaks_file)
        for way, known in zip(WAYS, map(OUTCOMES.__getitem__, outcomes), strict=True)
    )
    return TriedHole(Cut(kind, path, "", "x", ""), kind is WORD, trials)


def compared() -> dict[str, KindComparison]:
    return {kind.kind: kind for kind in compare([tried(*hole) for hole in HOLES])}


def test_every_kind_is_compared_and_then_all_together() -> None:
    found = compared()
    assert {name: (kind.holes, kind.files) for name, kind in found.items()} == {
        "line": (5, 3),
        "inside a word": (1, 1),
        "all kinds": (6, 3),
    }
    assert list(found)[-1] == "all kinds"
    assert [way.way for way in found["line"].ways] == list(WAYS)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("exact", 0.2, 0.4),
        ("similarity", 0.2, 0.4),
        ("silent", 0.2, 0.2),
        ("broken", 3 / 4, 2 / 4),
        ("exact_ratio", 1.0, 2.0),
        ("broken_ratio", 1.0, (2 / 4) / (3 / 4)),
        ("broken_ratio_where_both", 1.0, 1 / 2),
    ],
)
def test_only_what_breaks_is_a_share_of_the_fills_offered(
    name: str, before: float, after: float
) -> None:
    found = [getattr(way, name).value for way in compared()["line"].ways]
    assert found == pytest.approx([before, after])


def test_an_interval_is_by_file() -> None:
    one_file = [tried(LINE, "a.py", "breaks", "right"), tried(LINE, "a.py", "right", "breaks")]
    (kind, _) = compare(one_file)
    assert kind.ways[0].broken == Estimate(0.5, 0.5, 0.5)


def test_files_that_parse_neither_with_nothing_in_the_hole_are_counted() -> None:
    shares = {name: kind.broken_unfilled.value for name, kind in compared().items()}
    assert shares == {"line": 0.0, "inside a word": 1.0, "all kinds": 1 / 6}


def test_a_ratio_to_nothing_is_not_defined() -> None:
    word = compared()["inside a word"].ways[1]
    nothing = Estimate(None, None, None)
    assert (word.exact_ratio, word.broken_ratio) == (nothing, nothing)


def test_where_a_way_offers_nothing_at_all_nothing_of_it_breaks() -> None:
    (kind, _) = compare([tried(LINE, "a.py", "right", "silent")])
    assert kind.ways[1].broken == Estimate(None, None, None)
    assert kind.ways[1].silent.value == 1.0


def test_rows_fit_their_columns() -> None:
    kinds = list(compared().values())
    assert {len(row) for row in way_rows(kinds)} == {len(WAY_COLUMNS)}
    assert {len(row) for row in gain_rows(kinds)} == {len(GAIN_COLUMNS)}


def test_the_model_card_gets_a_row_for_each_way_and_one_for_each_gain() -> None:
    lines = comparison_markdown(compare([tried(*hole) for hole in HOLES[2:4]])).splitlines()
    half, none, one = "50.0 (0.0 to 100.0)", "0.0 (0.0 to 0.0)", "1.00 (1.00 to 1.00)"
    assert lines[2:5] == [
        f"| line | left empty | 2 | – | – | – | {none} |",
        f"| line | before | 2 | {half} | {half} | {none} | {half} |",
        f"| line | after | 2 | {half} | {half} | {none} | {half} |",
    ]
    assert lines[-2] == f"| line | after | before | {one} | {one} | {one} |"
    assert lines[-1].startswith("| all kinds | after | before |")
