"""How much of a large file is looked at to judge a fill."""

import pytest

from mezzotint_grammars.sides import head_of, tail_of

FUNCTION = "def area(width, height):\n    total = width * height\n    return total\n\n\n"
USAGE = 'USAGE = """\n' + "Words at the left edge.\n" * 30 + '"""\n\n\n'


def test_a_small_file_is_looked_at_as_a_whole() -> None:
    assert (tail_of(FUNCTION, "python"), head_of(FUNCTION, "python")) == (FUNCTION, FUNCTION)


@pytest.mark.parametrize("shift", range(0, 900, 45))
def test_a_large_one_is_cut_at_the_top_level_and_never_in_a_string(shift: int) -> None:
    text = (FUNCTION + USAGE) * 40
    tail, head = tail_of(text + "x" * shift, "python"), head_of("\n" * shift + text, "python")

    assert tail.startswith(("def area", "USAGE"))
    assert text.startswith(("def area", "USAGE"), len(head) - shift)
    assert 8_000 < len(tail) <= 10_000
    assert 8_000 < len(head) <= 10_000


def test_one_without_lines_at_the_top_level_is_cut_somewhere() -> None:
    text = "    x = 1\n" * 3_000

    assert len(tail_of(text, "python")) == len(head_of(text, "python")) == 10_000
