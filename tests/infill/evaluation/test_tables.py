"""Estimates and tables in Markdown."""

import pytest

from mezzotint_infill.evaluation.interval import Estimate
from mezzotint_infill.evaluation.tables import markdown_table, percent, plain


@pytest.mark.parametrize(
    ("estimate", "as_percent", "as_number"),
    [
        (Estimate(0.125, 0.1, 0.15), "12.5 (10.0 to 15.0)", "0.12 (0.10 to 0.15)"),
        (Estimate(2.0, 1.0, 3.0), "200.0 (100.0 to 300.0)", "2.00 (1.00 to 3.00)"),
        (Estimate(None, None, None), "–", "–"),
    ],
)
def test_an_estimate_is_written_with_its_interval(
    estimate: Estimate, as_percent: str, as_number: str
) -> None:
    assert (percent(estimate), plain(estimate)) == (as_percent, as_number)


def test_words_are_to_the_left_and_numbers_to_the_right() -> None:
    assert markdown_table(("hole", "holes"), [("line", "3")]) == (
        "| hole | holes |\n| --- | --: |\n| line | 3 |\n"
    )
