"""What is asked where something was cut out. In the tables ``‸`` stands at both ends of a hole."""

import pytest

from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.ways import Question
from mezzotint_infill.hole import HoleKind
from mezzotint_server.cli.ways import in_line_feeds, ways_of_asking

FUNCTION = "def area(r):\n    ‸return r‸\n\nprint(area(2))\n"


def cut_from(marked: str, kind: CutKind = CutKind.LINE) -> Cut:
    prefix, middle, suffix = marked.split("‸")
    return Cut(kind, "file.py", prefix, middle, suffix)


def questions(marked: str, kind: CutKind = CutKind.LINE) -> tuple[Question | None, ...]:
    return tuple(way.question(cut_from(marked, kind)) for way in ways_of_asking(seed=7))


def check(marked: str, *expected: HoleKind | None, kind: CutKind = CutKind.LINE) -> None:
    """The kinds of hole: plainly cut, asked for, while typing."""
    found = tuple(each.hole.kind if each else None for each in questions(marked, kind))
    assert found == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("x = 1\n‸y = 2‸\nz = 3\n", HoleKind.LINE),
        ("if x:\n    y = 2\n    ‸z = 3‸\n    v = 4\n", HoleKind.LINE),
        ("x = ‸1‸\n", HoleKind.REST_OF_LINE),
        ("x = ‸1‸  \n", HoleKind.REST_OF_LINE),
        ("x = f(‸1‸)\n", HoleKind.PART_OF_LINE),
    ],
)
def test_where_the_line_tells_enough_all_ways_ask_for_the_same(
    marked: str, expected: HoleKind
) -> None:
    check(marked, expected, expected, expected)


def test_that_a_block_belongs_here_only_its_structure_tells() -> None:
    check(FUNCTION, HoleKind.LINE, HoleKind.BLOCK, HoleKind.BLOCK)


@pytest.mark.parametrize("marked", ["na‸m‸e = 1\n", "# words ‸and‸ words\n"])
def test_nothing_is_offered_in_words_while_somebody_types(marked: str) -> None:
    check(marked, HoleKind.PART_OF_LINE, HoleKind.PART_OF_LINE, None)


def test_a_span_over_lines_is_marked_by_whoever_asks() -> None:
    check(
        "x = ‸1\ny‸ = 2\n",
        HoleKind.REGION,
        HoleKind.REGION,
        HoleKind.PART_OF_LINE,
        kind=CutKind.SPAN,
    )


def test_a_span_within_a_line_is_a_cursor() -> None:
    check("x = ‸1‸\n", *[HoleKind.REST_OF_LINE] * 3, kind=CutKind.SPAN)


def test_a_plain_cut_is_text_that_nobody_parses_and_the_others_are_code() -> None:
    plain, asked, typed = questions(FUNCTION)
    assert plain is not None
    assert asked is not None
    assert typed is not None
    assert (plain.hole.language, plain.hole.indent) == ("plaintext", "")
    assert [each.hole.language for each in (asked, typed)] == ["python", "python"]
    assert asked.hole.indent == "    "


@pytest.mark.parametrize("kind", CutKind)
def test_no_way_sees_what_was_cut_out(kind: CutKind) -> None:
    for question in questions("def f():\n    a = ‸secret‸\n    return a\n", kind):
        assert question is not None
        assert question.hole.prefix == "def f():\n    a = "
        assert question.hole.suffix == "\n    return a\n"


def test_only_who_types_wants_valid_fills_alone_and_all_have_the_same_seed() -> None:
    options = [each.options for each in questions(FUNCTION) if each]
    assert [each.only_valid for each in options] == [False, False, True]
    assert [each.seed for each in options] == [7, 7, 7]
    assert [each.length for each in options] == [None, None, None]


def test_a_cut_is_seen_with_line_feeds_alone() -> None:
    cut = in_line_feeds(cut_from("a\r\n‸b\r\nc‸\r\nd\r\n"))
    assert (cut.prefix, cut.middle, cut.suffix) == ("a\n", "b\nc", "\nd\n")
