"""A hole where a block belongs in, the white space that the block begins with out."""

import pytest

from mezzotint_infill.hole import Candidate, Fill, Hole, HoleKind, StopReason
from mezzotint_infill.opening import opened, opening_of, with_opening

SILENCE = Fill("", (), 1, StopReason.SETTLED, 0, "auto", "tiny")


def check(marked: str, indent: str, opening: str, kind: HoleKind = HoleKind.BLOCK) -> None:
    prefix, _, suffix = marked.partition("‸")
    hole = Hole(prefix, suffix, kind=kind, indent=indent)
    assert opening_of(hole) == opening
    assert opened(hole, opening).prefix == prefix + opening


@pytest.mark.parametrize(
    ("marked", "indent", "opening"),
    [
        ("def f():‸\n", "    ", "\n    "),
        ("def f():\n‸\n", "    ", "    "),
        ("def f():\n  ‸\n", "    ", "  "),
        ("def f():\n    ‸\n", "    ", ""),
        ("def f():\n\t‸\n", "    ", ""),
        ("fn f() {‸}\n", "    ", ""),
        ("def f():‸", "\t", "\n\t"),
        ("x‸\n", "", ""),
    ],
)
def test_a_block_begins_with_what_is_not_there_of_its_line_and_indentation(
    marked: str, indent: str, opening: str
):
    check(marked, indent, opening)


@pytest.mark.parametrize("kind", [kind for kind in HoleKind if kind is not HoleKind.BLOCK])
def test_only_a_block_does(kind: HoleKind):
    check("def f():\n‸\n", "    ", "", kind)


def test_fills_come_with_it():
    fill = Fill("x", (Candidate("x", -1.0, 1),), 1, StopReason.SETTLED, 1, "auto", "tiny")
    found = with_opening(fill, "\n  ")
    assert (found.text, found.candidates[0].text) == ("\n  x", "\n  x")


def test_silence_stays_silence():
    assert with_opening(SILENCE, "\n  ") is SILENCE
