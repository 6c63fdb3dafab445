"""The published model's sizes, read once."""

import pytest

from mezzotint_infill.memory.recorded import recorded_shape
from mezzotint_infill.memory.shape import ModelShape


@pytest.fixture(scope="session")
def shape() -> ModelShape:
    return recorded_shape()
