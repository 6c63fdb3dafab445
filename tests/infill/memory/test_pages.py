"""The page on memory plans and the recorded sizes are what is made of the code now."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mezzotint_infill.memory.cost import cost_of
from mezzotint_infill.memory.pages import PAGES, PARTS, page
from mezzotint_infill.memory.plan import PLANS
from mezzotint_infill.memory.shape import ModelShape, Part

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("name", "make"), PAGES.items())
def test_a_file_is_what_is_made_of_the_code(name: str, make: Callable[[], str]) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == make(), "run: make pages"


def test_the_page_has_every_plans_bytes_of_every_part(shape: ModelShape) -> None:
    lines = page().splitlines()
    assert set(PARTS) == set(Part)
    for part, name in PARTS.items():
        (row,) = [line for line in lines if line.startswith(f"| {name} |")]
        sizes = [f" {dict(cost_of(shape, plan).weights)[part]:,} " for plan in PLANS]
        assert row.split("|")[3:-1] == sizes
