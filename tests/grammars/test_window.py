"""How much of a text is looked at: where windows begin and end, and that they stay there."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_grammars.span import Span
from mezzotint_grammars.window import Bound, Reach, Window, window_around

FUNCTION = "def area(width, height):\n    total = width * height\n    return total\n\n\n"
METHODS = "    def area(self):\n        total = 1\n\n        return total\n\n"
REACH = Reach(before=2_000, after=1_000)
MANY = FUNCTION * 200


def window(text: str, place: int, language: str = "python") -> Window:
    return window_around(text, Span(place, place), language, REACH)


def test_a_small_file_is_looked_at_as_a_whole() -> None:
    assert window(FUNCTION, 10) == Window(0, len(FUNCTION), Bound.FILE, Bound.FILE)


@pytest.mark.parametrize("unit", [FUNCTION, METHODS])
def test_a_window_begins_and_ends_where_a_definition_does(unit: str) -> None:
    text = unit * 200
    found = window(text, len(text) // 2)

    assert text[found.start :].startswith(unit)
    assert text[: found.end].endswith(unit)
    assert (found.starts_at, found.ends_at) == (Bound.DEFINITION, Bound.DEFINITION)


def test_of_definitions_the_outermost_is_taken() -> None:
    text = ("class Box:\n" + METHODS * 4) * 50
    found = window(text, len(text) // 2)

    assert text[found.start :].startswith("class Box:")
    assert text[found.end :].startswith("class Box:")


@pytest.mark.parametrize("language", ["python", "no-such-language"])
def test_without_definitions_it_begins_and_ends_at_a_line(language: str) -> None:
    text = "total = total + 1\n" * 1000
    text = text.replace("=", "==")
    found = window(text, len(text) // 2, language)

    assert (text[found.start - 1], text[found.end - 1]) == ("\n", "\n")
    assert (found.starts_at, found.ends_at) == (Bound.LINE, Bound.LINE)


PROSE = "    def is a word like any other here, and so is class.\n" * 12
DOCUMENTED = f'def area(width, height):\n    """Multiply.\n{PROSE}    """\n    return width\n\n\n'


@pytest.mark.parametrize("place", range(5_000, 6_000, 40))
def test_it_begins_with_code_and_never_in_the_middle_of_a_doc_string(place: int) -> None:
    text = DOCUMENTED * 20
    found = window(text, text.find("\n", place))

    assert text[: found.start].count('"""') % 2 == 0


def test_a_hole_in_a_long_doc_string_sees_where_that_begins() -> None:
    text = FUNCTION * 40 + '"""' + "Words and words.\n" * 150 + '"""\n' + FUNCTION * 40
    found = window(text, text.rindex("Words"))

    assert text[found.start :].startswith('"""Words')


def test_a_line_without_end_is_cut_somewhere() -> None:
    text = "x" * 20_000
    found = window(text, 10_000)

    assert (found.starts_at, found.ends_at) == (Bound.CHARACTER, Bound.CHARACTER)


@pytest.mark.parametrize("typed", ["x" * 200, "foo('[{(\"" * 23, "if x:\n    y\n" * 17, "\n" * 200])
@pytest.mark.parametrize("place", [MANY.find("\n", at) for at in range(3_000, 9_000, 1_000)])
def test_typing_200_characters_moves_its_start_at_most_once(typed: str, place: int) -> None:
    starts = [
        window(MANY[:place] + typed[:count] + MANY[place:], place + count).start
        for count in range(200)
    ]
    moves = sum(before != after for before, after in pairwise(starts))

    assert moves <= 1
    assert starts == sorted(starts)


def test_typing_moves_its_end_never() -> None:
    place = len(MANY) // 2
    ends = {
        window(MANY[:place] + "f('[" * count + MANY[place:], place + 4 * count).end - 4 * count
        for count in range(100)
    }
    assert len(ends) == 1


TEXTS = st.lists(
    st.sampled_from(
        [FUNCTION, METHODS, "\tx = '\u2028'\n", "class A:\n", "\x0c\n", "😀 = 1;", '"""\n']
    ),
    max_size=120,
).map("".join)


@given(TEXTS, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["python", "none"]))
def test_it_holds_the_hole_and_reaches_no_further_than_it_may(
    text: str, start: float, length: float, language: str
) -> None:
    first = int(start * len(text))
    hole = Span(first, first + int(length * (len(text) - first)))
    found = window_around(text, hole, language, REACH)

    assert max(0, hole.start - REACH.before) <= found.start <= hole.start
    assert hole.end <= found.end <= min(len(text), hole.end + REACH.after)
    assert found.start == 0 or hole.start - found.start >= REACH.before // 2
    assert found.end == len(text) or found.end - hole.end >= REACH.after // 2
