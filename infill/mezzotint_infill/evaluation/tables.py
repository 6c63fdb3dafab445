"""Estimates and tables as a model card has them. Knows nothing of what is in them."""

from collections.abc import Callable, Sequence

from mezzotint_infill.evaluation.interval import Estimate

_TEXT_COLUMNS = ("hole", "condition", "way", "against")
"""All others are numbers."""


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, words to the left and numbers to the right."""
    ruler = ["---" if column in _TEXT_COLUMNS else "--:" for column in columns]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (columns, ruler, *rows))


def percent(estimate: Estimate) -> str:
    """``12.5 (10.1 to 15.0)``, or a dash for a value that is not defined."""
    return _written(estimate, lambda value: f"{100 * value:.1f}")


def plain(estimate: Estimate) -> str:
    """``1.25 (1.01 to 1.50)``, or a dash for a value that is not defined."""
    return _written(estimate, lambda value: f"{value:.2f}")


def _written(estimate: Estimate, write: Callable[[float], str]) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "–"
    return f"{write(estimate.value)} ({write(estimate.low)} to {write(estimate.high)})"
