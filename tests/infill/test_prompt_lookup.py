"""Copies from places like the hole: ``prefix‸suffix`` in, what stands at such places out."""

import pytest

from mezzotint_infill.hole import Hole, HoleKind, Snippet
from mezzotint_infill.prompt_lookup import look_up


def hole(marked: str, kind: HoleKind = HoleKind.REST_OF_LINE, *snippets: str) -> Hole:
    prefix, _, suffix = marked.partition("‸")
    return Hole(prefix, suffix, kind=kind, snippets=tuple(Snippet("a.py", s) for s in snippets))


def check(
    marked: str, *expected: str, kind: HoleKind = HoleKind.REST_OF_LINE, count: int = 9
) -> None:
    assert [copy.text for copy in look_up(hole(marked, kind), count)] == list(expected)


def test_what_followed_the_same_code_before_is_a_copy():
    check("raise TypeError(text)\nif a:\n    raise ‸\n", "TypeError(text)")


def test_what_follows_the_same_code_further_down_is_a_copy_too():
    check("raise ‸\n\nraise TypeError(text)\n", "TypeError(text)")


def test_where_nothing_like_it_stands_there_is_no_copy():
    check("raise ‸\n")
    check("‸\n")
    check("‸")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("area(a, b)\narea(‸)\n", "a, b"),
        ("area(a(1), b)\narea(‸)\n", "a(1), b"),
        ("area(a, b) + 1\narea(‸) + 1\n", "a, b"),
        ("area(a).b\narea(‸).b\n", "a"),
    ],
)
def test_a_copy_ends_where_the_suffix_follows_best(marked: str, expected: str):
    check(marked, expected, kind=HoleKind.PART_OF_LINE)


def test_a_copy_stays_within_its_line_if_the_hole_does():
    check("area(a,\n  b)\narea(‸)\n", kind=HoleKind.PART_OF_LINE)
    check("area(a,\n  b)\narea(‸)\n", "a,\n  b", kind=HoleKind.REGION)


def test_the_copy_whose_surroundings_agree_most_is_the_first_and_then_the_nearest():
    check("a.get(one)\nb.get(two)\na.get(three)\nb.get(‸)\n", "two", "three", "one",
          kind=HoleKind.PART_OF_LINE)  # fmt: skip
    check("y\n\nget(one)\nreturn x\n\nget(two)\nreturn y\n\nget(‸)\nreturn x\n", "one", "two",
          kind=HoleKind.PART_OF_LINE)  # fmt: skip


def test_an_empty_line_is_like_others_that_stand_between_the_same_lines():
    check("def f():\n    a()\n    b()\n    c()\n\ndef g():\n    a()\n    ‸\n    c()\n", "b()",
          kind=HoleKind.LINE, count=1)  # fmt: skip


def test_at_most_as_many_as_asked_for_are_found():
    marked = "area(a)\narea(b)\narea(c)\narea(‸)\n"
    assert [len(look_up(hole(marked, HoleKind.PART_OF_LINE), count)) for count in (0, 1, 2)] == [
        0,
        1,
        2,
    ]


def test_code_of_other_files_is_looked_up_as_well():
    copies = look_up(hole("raise ‸\n", HoleKind.REST_OF_LINE, "raise TypeError(text)\n"), 1)
    assert [copy.text for copy in copies] == ["TypeError(text)"]


def test_neither_blanks_nor_the_hole_itself_are_copies():
    check("x =   \nx = ‸\n")
    check("aaaa‸\n")


def test_how_much_agrees_is_told_up_to_a_limit():
    (copy,) = look_up(hole("a = 1\nf(b)\n\na = 1\nf(‸)\n", HoleKind.PART_OF_LINE), 1)
    assert (copy.text, copy.agreement) == ("b", len("a=1f(") + len(")"))
    same = "x=1;y=2;\n" * 20
    (copy,) = look_up(hole(f"{same}f(b)\n{same}\n{same}f(‸)\n{same}\n", HoleKind.PART_OF_LINE), 1)
    assert copy.agreement == 70


def test_a_large_file_full_of_places_alike_is_looked_through_in_no_time():
    text = "    x = f(a, b)\n" * 20_000
    check(f"{text}    x = f(‸)\n{text}", "a, b", kind=HoleKind.PART_OF_LINE)


@pytest.mark.parametrize(
    "marked",
    [
        "if x:\n        a(one)\n\nif y:\n        ‸\n",
        "f(one)\nf(‸)\n",
        "x.one\ny.‸\n",
        "a = one + 1234567\nb ‸ + 1234567\n",
    ],
)
def test_white_space_and_a_sign_or_two_make_no_places_alike(marked: str):
    check(marked, kind=HoleKind.PART_OF_LINE)
