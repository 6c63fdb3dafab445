"""One hole asked about in several ways, with answers that are known. ``‸`` stands at its ends."""

import pytest

from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.ways import Question, Trial, Way, try_ways
from mezzotint_infill.hole import Fill, Hole, StopReason
from mezzotint_infill.options import InfillOptions

CAREFUL = InfillOptions(only_valid=True, seed=3)


def says(text: str) -> Way:
    """A way of asking that gets this for an answer."""
    return Way(text, lambda cut: Question(Hole(cut.prefix, cut.suffix, text), InfillOptions()))


def silent(_: Cut) -> None:
    """Would rather not ask."""


def told_by_language(hole: Hole, _: InfillOptions) -> Fill:
    return Fill(hole.language, (), 1, StopReason.SETTLED, 1, "told", "scripted")


def cut_from(marked: str) -> Cut:
    prefix, middle, suffix = marked.split("‸")
    return Cut(CutKind.SPAN, "file.py", prefix, middle, suffix)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcd", Trial("abcd", "abcd", is_exact=True, similarity=1.0, breaks_file=False)),
        ("abxd", Trial("abxd", "abxd", is_exact=False, similarity=0.75, breaks_file=False)),
        ("abc)", Trial("abc)", "abc)", is_exact=False, similarity=0.75, breaks_file=True)),
        ("", Trial("", "", is_exact=False, similarity=0.0, breaks_file=None)),
        (" \n", Trial(" \n", "", is_exact=False, similarity=0.0, breaks_file=None)),
    ],
)
def test_a_fill_is_compared_with_what_was_there_and_judged_in_the_whole_file(
    text: str, expected: Trial
) -> None:
    (tried,) = try_ways(told_by_language, [cut_from("f(‸abcd‸)\n")], [says(text)])
    assert tried.trials == (expected,)


def test_where_nothing_is_asked_nothing_is_offered() -> None:
    (tried,) = try_ways(told_by_language, [cut_from("f(‸a‸)\n")], [Way("shy", silent), says("a")])
    assert [(each.way, each.text, each.breaks_file) for each in tried.trials] == [
        ("shy", "", None),
        ("a", "a", False),
    ]


def test_the_hole_and_the_options_are_the_way_s_own() -> None:
    asked: list[tuple[Hole, InfillOptions]] = []

    def fill_now(hole: Hole, options: InfillOptions) -> Fill:
        asked.append((hole, options))
        return told_by_language(hole, options)

    hole = Hole("only this", "", "lua")
    try_ways(fill_now, [cut_from("f(‸a‸)\n")], [Way("own", lambda _: Question(hole, CAREFUL))])
    assert asked == [(hole, CAREFUL)]


@pytest.mark.parametrize(
    ("marked", "expected"), [("a = ‸1‸\n", True), ("a = f(‸1‸)\n", False), ("‸a‸\n", False)]
)
def test_it_is_noted_whether_the_file_parses_with_nothing_in_the_hole(
    marked: str, expected: bool
) -> None:
    (tried,) = try_ways(told_by_language, [cut_from(marked)], [says("1")])
    assert tried.breaks_unfilled is expected


def test_every_hole_is_told_of() -> None:
    done: list[int] = []
    cuts = [cut_from("a = ‸1‸\n")] * 3
    try_ways(told_by_language, cuts, [says("1"), says("2")], on_hole=lambda: done.append(1))
    assert len(done) == 3
