"""What is counted of a rewrite, with a rewriter that takes every word for a token."""

import pytest

from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.rewrites import figures, rewrite_all
from mezzotint_infill.hole import Fill, Hole, Rewrite, StopReason
from mezzotint_infill.options import InfillOptions


class Says:
    """The same for every stretch."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[tuple[Hole, InfillOptions]] = []

    def fill_now(self, hole: Hole, options: InfillOptions) -> Fill:
        self.asked.append((hole, options))
        return Fill(self.text, (), 1, StopReason.SETTLED, 1, "", "")

    def tokens(self, text: str) -> list[int]:
        return [hash(word) for word in text.split()]


CUT = Cut(CutKind.LINE, "a.py", "x = 1\n", "y = x + 2", "\n")


@pytest.mark.parametrize(
    ("text", "changed", "worse"),
    [
        ("y = x + 2", 0.0, 0.0),
        ("y = x - 2", 0.2, 0.0),
        ("y = x + (", 0.2, 1.0),
        ("y = = + 2", 0.2, 1.0),
    ],
)
def test_shares_are_those_of_the_tokens_and_of_the_whole_file(
    text: str, changed: float, worse: float
) -> None:
    found = figures(rewrite_all(Says(text), [CUT, CUT], strength=0.2))
    assert (found.stretches, found.tokens) == (2, 10)
    assert found.mean_share_of_tokens_changed == found.largest_share_of_tokens_changed == changed
    assert found.share_that_parses_worse == worse
    assert found.share_changed_at_all == (changed > 0)


def test_every_stretch_is_asked_about_with_a_seed_of_its_own() -> None:
    says = Says("x")
    rewrite_all(says, [CUT, CUT], strength=0.3, seed=5)
    assert [options.seed for _, options in says.asked] == [5, 6]
    assert says.asked[0][0] == Hole("x = 1\n", "\n", rewrite=Rewrite("y = x + 2", 0.3))
