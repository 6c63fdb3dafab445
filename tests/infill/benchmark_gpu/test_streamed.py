"""What a step has to read of the 26B's weights."""

import pytest

from mezzotint_infill.benchmark_gpu.streamed import Routing, streamed_bytes
from mezzotint_infill.memory.plan import BF16, FP8, W4_FP8, MemoryPlan
from mezzotint_infill.memory.recorded import recorded_shape

ROUTING = Routing(128, 8)


@pytest.mark.parametrize(
    ("positions", "expected"), [(1, 8.0), (32, 111.8), (64, 125.9), (256, 128.0)]
)
def test_a_few_positions_already_take_most_experts(positions: int, expected: float):
    assert 128 * ROUTING.expected_share(positions) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("plan", "positions", "expected"),
    [
        (BF16, 32, 46.3e9),
        (BF16, 64, 51.2e9),
        (FP8, 32, 24.6e9),
        (FP8, 64, 27.2e9),
        (W4_FP8, 64, 16.6e9),
    ],
)
def test_a_step_reads_weights_and_twice_the_embeddings(
    plan: MemoryPlan, positions: int, expected: float
):
    found = streamed_bytes(recorded_shape(), plan, ROUTING, positions)
    assert found == pytest.approx(expected, rel=0.01)
