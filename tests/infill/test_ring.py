"""What a layer keeps of a prompt: all of it, or a ring that is cut back and written on."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.ring import FULL, LayerRing, Reach

STRIDE = 4
EDITS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 14)), min_size=1, max_size=6)
"""How far back from its end a prompt is cut, and how many tokens are written from there on."""
REACHES = st.one_of(
    st.just(FULL),
    st.builds(Reach.of_window, st.integers(2, 9), st.integers(0, 9), st.just(STRIDE)),
)


def numbered(first: int, count: int) -> Tensor:
    """Keys that tell their places: ``(1, 1, count, 1)``."""
    return torch.arange(first, first + count, dtype=torch.float)[None, None, :, None]


def ring_of(reach: Reach) -> LayerRing:
    return LayerRing(torch.empty(1, 1, 0, 1), reach)


def written(reach: Reach, *spans: tuple[int, int]) -> LayerRing:
    """A ring into which these places have been written, from the first to before the last."""
    ring = ring_of(reach)
    for start, end in spans:
        keys = numbered(start, end - start)
        ring.write(keys, -keys, start)
    return ring


def places(ring: LayerRing, start: int, end: int) -> list[int]:
    pieces = ring.pieces(start, end)
    keys = [int(key) for piece, _ in pieces for key in piece.flatten()]
    values = [int(value) for _, piece in pieces for value in piece.flatten()]
    assert values == [-key for key in keys]
    return keys


@pytest.mark.parametrize(
    ("window", "place", "expected"),
    [(None, 99, 0), (9, 3, 0), (9, 8, 0), (9, 9, 1), (1, 9, 9), (2, 9, 8)],
)
def test_a_token_sees_its_window_itself_included(window: int | None, place: int, expected: int):
    reach = FULL if window is None else Reach.of_window(window, 8, STRIDE)
    assert reach.start(place) == expected


@pytest.mark.parametrize(
    ("window", "slack", "expected"), [(1024, 1024, 2048), (512, 1024, 1536), (16, 3, 256 + 256)]
)
def test_a_ring_has_room_for_window_and_slack_in_whole_strides(
    window: int, slack: int, expected: int
):
    assert Reach.of_window(window, slack, 256).ring == expected


def test_a_full_layer_keeps_every_place():
    ring = written(FULL, (0, 4), (4, 8), (8, 3000))
    assert places(ring, 0, 3000) == list(range(3000))


def test_a_ring_takes_no_more_room_however_long_the_prompt():
    reach = Reach.of_window(5, 8, STRIDE)
    ring = written(reach, *((at, at + STRIDE) for at in range(0, 4000, STRIDE)))
    assert ring.keys.shape[2] == reach.ring == 12
    assert places(ring, 3996, 4000) == [3996, 3997, 3998, 3999]


def test_what_wraps_around_comes_in_order():
    ring = written(Reach.of_window(5, 8, STRIDE), (0, 4), (4, 8), (8, 12), (12, 16))
    assert places(ring, 10, 14) == [10, 11, 12, 13]


def test_room_that_was_made_holds_zeros():
    """A masked place counts for nothing only if it holds a number."""
    ring = written(FULL, (0, 3))
    ring.reserve(2000)
    assert not ring.keys[:, :, 3:].any()
    assert places(ring, 0, 3) == [0, 1, 2]


@pytest.mark.parametrize("reach", [FULL, Reach.of_window(5, 8, STRIDE)])
def test_a_canvas_lies_behind_all_slots_and_leaves_the_prompt_alone(reach: Reach):
    ring = written(reach, *((at, at + STRIDE) for at in range(0, 40, STRIDE)))
    ring.fix(40, 3)
    limit = ring.limit
    assert limit is not None
    keys, values = ring.put_behind(numbered(100, 2), numbered(200, 2))
    assert keys.shape[2] == limit + 2
    assert keys[0, 0, limit:, 0].tolist() == [100, 101]
    assert values[0, 0, limit:, 0].tolist() == [200, 201]
    assert places(ring, 36, 40) == [36, 37, 38, 39]


@pytest.mark.parametrize("reach", [FULL, Reach.of_window(600, 600, STRIDE)])
def test_a_prompt_longer_than_was_settled_takes_the_room_that_it_needs(reach: Reach):
    ring = ring_of(reach)
    ring.fix(100, 8)
    assert ring.limit == 1024
    for at in range(0, 1100, STRIDE):
        ring.write(numbered(at, STRIDE), -numbered(at, STRIDE), at)
    assert ring.limit is None
    assert places(ring, 1000, 1100) == list(range(1000, 1100))


def test_a_ring_that_was_settled_whole_stays_so_however_long_the_prompt():
    ring = ring_of(Reach.of_window(5, 8, STRIDE))
    ring.fix(100, 8)
    for at in range(0, 400, STRIDE):
        ring.write(numbered(at, STRIDE), -numbered(at, STRIDE), at)
    assert ring.limit == 12
    assert places(ring, 394, 400) == list(range(394, 400))


@given(REACHES, EDITS)
def test_whatever_was_written_and_cut_back_a_window_that_is_held_is_the_newest(
    reach: Reach, edits: list[tuple[int, int]]
):
    ring = written(reach, *((at, at + STRIDE) for at in range(0, 40, STRIDE)))
    expected, end = list(range(40)), 40
    for number, (back, count) in enumerate(edits):
        place = max(0, end - back) // STRIDE * STRIDE
        first = place if ring.holds_window_of(place) else 0
        end = place + count
        expected[place:] = [1000 * (number + 1) + at for at in range(place, end)]
        for at in range(first, end, STRIDE):
            keys = torch.tensor(expected[at : min(end, at + STRIDE)])[None, None, :, None].float()
            ring.write(keys, -keys, at)
        assert places(ring, reach.start(end), end) == expected[reach.start(end) :]


@given(st.integers(2, 40), st.integers(0, 40), st.integers(0, 200))
def test_no_edit_within_the_slack_lacks_its_window(window: int, slack: int, end: int):
    reach = Reach.of_window(window, slack, STRIDE)
    starts = range(0, end, STRIDE)
    ring = written(reach, *((at, min(end, at + STRIDE)) for at in starts))
    assert all(ring.holds_window_of(place) for place in range(max(0, end - slack), end))
