"""From a place in a text to the hole: what the engine gets of it, and how far a fill may reach."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_grammars.span import Span
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_infill.prompt import sticky_window
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
    found = around("def area(r):\n    a\n    ‸\n    return r\n\nb\n")

    assert found.text[found.place.end : found.edges.block_end] == "\n    return r"


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


SOURCES = sorted((Path(__file__).parents[2] / "server").rglob("*.py"))
ODDITIES = [
    "",
    "\t",
    "\x0c",
    "\u2028",
    "\u0085",
    "😀",
    "e\u0301",
    '"""',
    "'",
    "(",
    "}",
    "\n",
    "\\\n",
]


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, Span, str]:
    """Real code, damaged here and there, with a hole anywhere."""
    source = draw(st.sampled_from(SOURCES))
    text = source.read_text("utf-8") * draw(st.sampled_from([1, 1, 12]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(ODDITIES)) + text[at:]
    start = draw(st.integers(0, len(text)))
    end = draw(st.one_of(st.just(start), st.integers(start, len(text))))
    return text, Span(start, end), draw(st.sampled_from(["python", "typescript", "none"]))


@given(cuts())
@settings(max_examples=40)
def test_a_window_and_what_is_outside_of_it_are_the_file(cut: tuple[str, Span, str]) -> None:
    text, place, language = cut
    found = surroundings_of(text, place, language)
    hole, window, block_end = found.region(), found.window, found.edges.block_end

    shown = hole.prefix + text[place.start : place.end] + hole.suffix
    assert text[: window.start] + shown + text[window.end :] == text
    assert block_end is None or place.end <= block_end <= len(text)
    assert not hole.indent.strip()


@given(cuts())
@settings(max_examples=40)
def test_every_place_is_some_kind_of_hole(cut: tuple[str, Span, str]) -> None:
    text, place, language = cut
    found = surroundings_of(text, Span(place.start, place.start), language)
    typed, asked = found.hole_while_typing(), found.hole_asked_for()

    assert typed is None or typed.kind is asked.kind
    assert asked.kind is not HoleKind.REGION
    line = asked.suffix.partition("\n")[0]
    assert bool(line.strip()) <= (asked.kind in (HoleKind.PART_OF_LINE, HoleKind.BLOCK))


def moves(starts: list[int]) -> int:
    return sum(before != after for before, after in pairwise(starts))


@pytest.mark.parametrize("place", [41_000, 44_000, 47_000])
def test_typing_200_characters_moves_the_prompts_start_at_most_once(place: int) -> None:
    text = "".join(source.read_text("utf-8") for source in SOURCES)[:100_000]
    place = text.find("\n", place)
    windows: list[int] = []
    prompts: list[int] = []
    for typed in range(0, 201, 4):
        now = text[:place] + ("value = foo(self.bar, 'ab\n" * 9)[:typed] + text[place:]
        found = surroundings_of(now, Span(place + typed, place + typed), "python")
        seen = sticky_window(found.region().prefix, lambda text: list(text.encode()), 4_000)
        windows.append(found.window.start)
        prompts.append(place + typed - len(seen.text) - found.window.start)

    assert moves(windows) <= 1
    assert moves(windows) == 1 or moves(prompts) <= 1
