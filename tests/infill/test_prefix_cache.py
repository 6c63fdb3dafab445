"""What is kept of a prompt, what is cut, what layers show of it, and who may look at whom."""

from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.model import Model
from mezzotint_infill.prefix_cache import GrowingCache, LayerCache, PrefixCache, causal_masks

TOKENS = st.lists(st.integers(4, 299), min_size=1, max_size=150)


def numbered(tokens: int, first: int = 0) -> Tensor:
    """Keys or values that tell their places: ``(1, 1, tokens, 1)``."""
    return torch.arange(first, first + tokens, dtype=torch.float)[None, None, :, None]


def cache_of(tokens: list[int], window: int | None = None) -> PrefixCache:
    layer = LayerCache(numbered(len(tokens)), numbered(len(tokens)), window)
    return PrefixCache(tuple(tokens), (layer,), torch.zeros(1, 1, 1))


def check(old: list[int], new: list[int], expected: int) -> None:
    assert cache_of(old).common(new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2, 3], [1, 2, 3, 4], 3),
        ([1, 2, 3], [1, 2], 2),
        ([1, 2, 3], [1, 9, 3], 1),
        ([1, 2, 3], [9, 2, 3], 0),
        ([], [1], 0),
    ],
)
def test_what_two_prompts_begin_with_is_common(old: list[int], new: list[int], expected: int):
    check(old, new, expected)


@pytest.mark.parametrize(
    ("window", "expected"),
    [(None, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4]), (4, [2, 3, 4]), (2, [4])],
)
def test_a_sliding_layer_shows_its_window(window: int | None, expected: list[int]):
    (layer,) = cache_of([7] * 5, window).layers
    assert layer.keys.flatten().tolist() == layer.values.flatten().tolist() == expected


def test_cutting_back_brings_out_what_a_sliding_layer_no_longer_showed():
    (layer,) = cache_of([7] * 5, 3).layers
    assert layer.cut(3).keys.flatten().tolist() == [1, 2]


def test_growing_puts_new_keys_behind_old_ones_and_leaves_the_old_cache_alone():
    old = cache_of([7] * 3, 3)
    growing = GrowingCache(old.layers)
    keys, _ = growing.update(numbered(2, 3), numbered(2, 3), 0)
    assert keys.flatten().tolist() == [0, 1, 2, 3, 4]
    assert growing.get_seq_length() == 5
    assert growing.layers[0].keys.flatten().tolist() == [3, 4]
    assert len(old) == old.get_seq_length() == 3
    assert old.layers[0].all_keys.shape[2] == 3


def test_several_canvases_read_one_cache_without_a_copy():
    cache = cache_of([7] * 5)
    layer = cache.for_batch(4).layers[0]
    assert layer.keys.shape == (4, 1, 5, 1)
    assert layer.keys.data_ptr() == cache.layers[0].all_keys.data_ptr()


@settings(max_examples=40)
@given(st.integers(0, 9), st.integers(1, 9), st.integers(1, 12))
def test_a_token_sees_itself_and_those_before_it_within_the_window(
    past: int, new: int, window: int
):
    masks = causal_masks(past, new, window, torch.device("cpu"))
    for row in range(new):
        for column in range(past + new):
            sees = column <= past + row
            assert masks["full_attention"][0, 0, row, column] == sees
            near = sees and past + row - column < window
            assert masks["sliding_attention"][0, 0, row, column] == near


def test_a_prompt_that_has_not_changed_is_not_encoded_again(tiny_model: Model):
    cache = tiny_model.read([2, 5, 6, 7])
    assert tiny_model.read([2, 5, 6, 7], cache) is cache


@settings(max_examples=20)
@given(TOKENS, TOKENS, TOKENS)
def test_a_prompt_typed_on_is_encoded_as_a_fresh_one_to_the_last_bit(
    tiny_model: Model, start: list[int], old: list[int], new: list[int]
):
    """A fill must not depend on what was filled before."""
    with patch.object(tiny_model, "stride", 64):  # so that prompts this short take several passes
        fresh = tiny_model.read([2, *start, *new])
        grown = tiny_model.read([2, *start, *new], tiny_model.read([2, *start, *old]))
    assert grown.tokens == fresh.tokens
    assert torch.equal(grown.last_hidden, fresh.last_hidden)
    for mine, theirs in zip(grown.layers, fresh.layers, strict=True):
        assert torch.equal(mine.all_keys, theirs.all_keys)
        assert torch.equal(mine.all_values, theirs.all_values)
