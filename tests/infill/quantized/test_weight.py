"""A weight in few bits is what its bits say, and close to what it was."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import empty_weight, quantize

FP8, G32, G64 = Format.FP8, Format.INT4_G32, Format.INT4_G64


def gaussian(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def relative_error(tensor: Tensor, kind: Format) -> float:
    read = quantize(tensor, kind).dequantized(torch.float32)
    return float((read - tensor).norm() / tensor.norm())


@pytest.mark.parametrize(("kind", "most"), [(FP8, 0.028), (G32, 0.09), (G64, 0.10)])
def test_gaussian_weights_come_back_nearly_as_they_were(kind: Format, most: float):
    assert 0 < relative_error(gaussian(64, 704), kind) < most


def test_smaller_groups_are_more_faithful():
    weight = torch.distributions.StudentT(torch.tensor(5.0)).sample((64, 704))
    assert relative_error(weight, G32) < relative_error(weight, G64)


def test_what_is_not_quantized_is_the_tensor_itself():
    tensor = gaussian(4, 64)
    assert quantize(tensor, Format.BF16).data is tensor


@pytest.mark.parametrize("kind", [FP8, G32, G64])
def test_a_row_of_zeros_stays_zeros(kind: Format):
    tensor = gaussian(3, 128)
    tensor[1] = 0
    assert not quantize(tensor, kind).dequantized(torch.float32)[1].any()


@pytest.mark.parametrize("factor", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("kind", [FP8, G32, G64])
def test_the_error_does_not_depend_on_how_large_weights_are(kind: Format, factor: float):
    tensor = gaussian(4, 128)
    assert relative_error(tensor * factor, kind) == pytest.approx(
        relative_error(tensor, kind), rel=0.05
    )


def test_an_fp8_row_has_its_largest_value_at_the_end_of_the_scale():
    weight = quantize(gaussian(8, 64), FP8)
    assert weight.data.float().abs().amax(-1).tolist() == [448.0] * 8


@pytest.mark.parametrize(("kind", "group"), [(G32, 32), (G64, 64)])
def test_nibbles_lie_where_the_format_says(kind: Format, group: int):
    """Written out by hand, as a kernel reads it: low nibbles are the first half of a run of 64."""
    weight = quantize(gaussian(3, 192), kind)
    assert weight.scale is not None
    read = weight.dequantized(torch.float32)
    for row, place in [(0, 0), (1, 31), (1, 32), (2, 63), (0, 64), (2, 100), (1, 191)]:
        run, within = divmod(place, 64)
        byte = int(weight.data[row, run * 32 + within % 32])
        nibble = byte & 15 if within < 32 else byte >> 4
        scale = float(weight.scale[row, place // group])
        assert float(read[row, place]) == (nibble - 8) * scale


@pytest.mark.parametrize("kind", [FP8, G32, G64])
def test_a_stack_is_its_matrices_one_by_one(kind: Format):
    stack = gaussian(3, 5, 128)
    whole = quantize(stack, kind)
    for number, matrix in enumerate(stack):
        alone = quantize(matrix, kind).dequantized(torch.float32)
        torch.testing.assert_close(
            whole.part(number).dequantized(torch.float32), alone, rtol=0, atol=0
        )


@given(rows=st.integers(1, 40), runs=st.integers(1, 4), at_once=st.sampled_from([1, 200, 1 << 20]))
@pytest.mark.parametrize("kind", [FP8, G32, G64])
def test_it_does_not_matter_how_many_rows_are_quantized_at_once(
    kind: Format, rows: int, runs: int, at_once: int
):
    tensor = gaussian(rows, 64 * runs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mezzotint_infill.quantized.weight._AT_ONCE", at_once)
        weight = quantize(tensor, kind)
    each = [quantize(row[None], kind).dequantized(torch.float32) for row in tensor]
    torch.testing.assert_close(weight.dequantized(torch.float32), torch.cat(each), rtol=0, atol=0)


@pytest.mark.parametrize("kind", list(Format))
def test_room_for_a_weight_is_the_room_it_takes(kind: Format):
    tensor = gaussian(2, 6, 128).bfloat16()
    made = quantize(tensor, kind)
    room = empty_weight(tensor.shape, kind, torch.device("cpu"))
    assert made.shape == room.shape == tensor.shape
    assert (made.data.shape, made.data.dtype) == (room.data.shape, room.data.dtype)
    if made.scale is not None and room.scale is not None:
        assert (made.scale.shape, made.scale.dtype) == (room.scale.shape, room.scale.dtype)
    assert (made.scale is None) is (room.scale is None)


def test_inputs_that_make_no_whole_runs_are_refused():
    with pytest.raises(ValueError, match="96 is no multiple"):
        quantize(gaussian(4, 96), G32)
