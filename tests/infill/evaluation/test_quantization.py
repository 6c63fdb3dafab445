"""Fewer bits are farther off, and the figures say by how much."""

import pytest
import torch

from mezzotint_infill.evaluation.quantization import (
    FORMATS,
    ModuleError,
    quantization_errors,
    relative,
)
from mezzotint_infill.memory.plan import Format


@pytest.fixture(scope="module")
def errors() -> list[ModuleError]:
    return quantization_errors(seed=3)


def test_every_module_is_told_in_every_format(errors: list[ModuleError]):
    modules = {error.module for error in errors}
    assert len(modules) == 9
    assert {(error.module, error.format) for error in errors} == {
        (module, kind) for module in modules for kind in FORMATS
    }


def test_in_every_module_fewer_bits_are_farther_off(errors: list[ModuleError]):
    for module in {error.module for error in errors}:
        off = {error.format: error.output for error in errors if error.module == module}
        assert off[Format.FP8] < off[Format.INT4_G32] < off[Format.INT4_G64]


def test_errors_are_of_the_size_that_the_formats_promise(errors: list[ModuleError]):
    """Half a step of e4m3 is 1/16 of a value at the most, of four bits 1/16 of the farthest."""
    for error in errors:
        least, most = (0.01, 0.0625) if error.format == Format.FP8 else (0.05, 0.25)
        assert least < error.weight < most
        assert least < error.output < most


def test_the_same_seed_gives_the_same_figures(errors: list[ModuleError]):
    assert quantization_errors(seed=3) == errors


def test_a_relative_error_is_one_over_the_exact():
    assert relative(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 4.0])) == pytest.approx(0.75)
