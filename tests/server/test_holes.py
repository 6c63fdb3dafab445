"""From a place in a text to the hole: what the engine gets of it, and what of it is to be parsed."""

import pytest

from mezzotint_grammars.span import Span
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_server.holes import Surroundings, surroundings_of, with_line_feeds


def around(marked: str) -> Surroundings:
    """What is around one ‸, or around what two of them enclose."""
    before, *between, after = marked.split("‸")
    inside = "".join(between)
    place = Span(len(before), len(before) + len(inside))
    return surroundings_of(before + inside + after, place, "python")


def test_a_hole_knows_both_sides_its_indentation_and_how_far_it_may_reach() -> None:
    found = around("def area(r):\n    ‸\n\nprint(area(1))\n")

    assert found.hole_while_typing() == Hole(
        "def area(r):\n    ",
        "\n\nprint(area(1))\n",
        "python",
        HoleKind.BLOCK,
        indent="    ",
        lines=12,
        block_end=0,
    )


def test_a_fill_within_a_line_has_one_line() -> None:
    assert around("x = ‸\n").hole_asked_for().lines == 1


def test_who_asks_may_get_more_lines_than_who_types() -> None:
    found = around("def area(r):\n    ‸\n")
    typed = found.hole_while_typing()

    assert typed is not None
    assert typed.lines is not None
    assert (found.hole_asked_for().lines or 0) > typed.lines


def test_a_region_is_what_was_marked_with_no_limit() -> None:
    found = around("def area(r):\n    ‸return 1\n    x‸ = 1\n").region()

    assert (found.prefix, found.suffix) == ("def area(r):\n    ", " = 1\n")
    assert (found.kind, found.lines) == (HoleKind.REGION, None)


def test_the_block_of_a_hole_in_the_middle_ends_in_the_suffix() -> None:
    hole = around("def area(r):\n    a\n    ‸\n    return r\n\nb\n").hole_asked_for()

    assert hole.suffix[: hole.block_end] == "\n    return r"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb\r", "a\nb\n"),
        ("a\n\r\nb", "a\n\nb"),
        ("a\x0c\u2028b", "a\x0c\u2028b"),
    ],
)
def test_the_engine_sees_line_feeds_alone(text: str, expected: str) -> None:
    assert with_line_feeds(text) == expected
