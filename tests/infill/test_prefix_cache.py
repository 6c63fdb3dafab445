"""What is kept of a prompt, whose it is, and who may look at whom."""

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.prefix_cache import (
    PrefixBuffers,
    PrefixCache,
    ReadingPass,
    StalePrefixError,
    WritingPass,
    causal_masks,
)
from mezzotint_infill.ring import FULL, LayerRing, Reach

TOKENS = st.lists(st.integers(4, 299), min_size=1, max_size=150)
WINDOW, STRIDE, SLACK = 16, 8, 16


@pytest.fixture(scope="module")
def short_sighted(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model whose window, strides and slack are so small that prompts are longer than all three."""
    folder = shutil.copytree(tiny_checkpoint, tmp_path_factory.mktemp("short") / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["sliding_window"] = WINDOW
    (folder / "config.json").write_text(json.dumps(config))
    model = load_model(str(folder), "cpu", torch.float32)
    model.stride, model.slack = STRIDE, SLACK
    return model


def numbered(tokens: int, first: int = 0) -> Tensor:
    """Keys or values that tell their places: ``(1, 1, tokens, 1)``."""
    return torch.arange(first, first + tokens, dtype=torch.float)[None, None, :, None]


def buffers_of(reach: Reach = FULL) -> PrefixBuffers:
    return PrefixBuffers([LayerRing(torch.empty(1, 1, 0, 1), reach)])


def cache_of(tokens: list[int], reach: Reach = FULL) -> PrefixCache:
    buffers = buffers_of(reach)
    for start in range(0, len(tokens), STRIDE):
        part = numbered(min(STRIDE, len(tokens) - start), start)
        WritingPass(buffers, start).update(part, part, 0)
    return PrefixCache.newest(tokens, torch.zeros(1, 1, 1), buffers)


def all_kept(prefix: PrefixCache) -> list[Tensor]:
    """Keys and values of every layer that the next token would see."""
    end = len(prefix)
    return [
        tensor.clone()
        for ring in prefix.buffers.rings
        for piece in ring.pieces(ring.reach.start(end), end)
        for tensor in piece
    ]


def answers(model: Model, prefix: PrefixCache, rows: int = 2) -> Tensor:
    """Scores at all positions of some canvases behind the prompt."""
    canvas = (torch.arange(5) + 3 * torch.arange(rows)[:, None]) % 290 + 4
    where, columns = torch.ones_like(canvas).nonzero(as_tuple=True)
    free = FreePositions(where, columns, columns, torch.zeros_like(where))
    return model.logits(prefix, canvas, free, model.embed(canvas))


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
    assert cache_of(old).common(new) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [(None, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4]), (4, [2, 3, 4]), (2, [4])],
)
def test_a_canvas_is_shown_the_window_and_itself(window: int | None, expected: list[int]):
    reach = FULL if window is None else Reach.of_window(window, 8, STRIDE)
    own = numbered(2, 70).expand(3, -1, -1, -1)
    keys, values = ReadingPass(cache_of([7] * 5, reach), 3).update(own, own, 0)
    assert torch.equal(keys, values)
    assert keys[..., 0].tolist() == [[[*expected, 70, 71]]] * 3


def test_a_pass_over_a_prompt_sees_what_is_there_and_what_it_adds():
    buffers = buffers_of(Reach.of_window(4, 8, STRIDE))
    seen = [
        WritingPass(buffers, start).update(numbered(8, start), numbered(8, start), 0)[0]
        for start in range(0, 40, 8)
    ]
    assert seen[0].flatten().tolist() == list(range(8))
    assert seen[4].flatten().tolist() == list(range(29, 40))


@settings(max_examples=40)
@given(st.integers(0, 9), st.integers(1, 9), st.integers(1, 12))
def test_a_token_sees_itself_and_those_before_it_within_the_window(
    past: int, new: int, window: int
):
    masks = causal_masks(past, new, window, torch.device("cpu"))
    first = max(0, past - window + 1)
    assert masks["sliding_attention"].shape[-1] == past + new - first
    for row in range(new):
        for column in range(past + new):
            sees = column <= past + row
            assert masks["full_attention"][0, 0, row, column] == sees
            if column >= first:
                near = sees and past + row - column < window
                assert masks["sliding_attention"][0, 0, row, column - first] == near


def test_a_prompt_that_has_not_changed_is_not_encoded_again(tiny_model: Model):
    cache = tiny_model.read([2, 5, 6, 7])
    assert tiny_model.read([2, 5, 6, 7], cache) is cache


def test_a_prompt_that_another_one_was_read_over_is_refused_wherever_it_is_used(tiny_model: Model):
    old = tiny_model.read([2, 5, 6, 7])
    new = tiny_model.read([2, 5, 6, 8], old)
    assert old.is_stale
    for use in (
        lambda: answers(tiny_model, old),
        lambda: tiny_model.log_likelihoods(old, [[4, 5]]),
        lambda: tiny_model.read([2, 5, 9], old),
        lambda: tiny_model.read([2, 5, 6, 7], old),
    ):
        with pytest.raises(StalePrefixError):
            use()
    assert torch.equal(answers(tiny_model, new), answers(tiny_model, tiny_model.read(new.tokens)))


def test_prompts_that_were_not_read_over_each_other_stay_good(tiny_model: Model):
    one = tiny_model.read([2, 5, 6, 7])
    before = answers(tiny_model, one)
    tiny_model.read([2, 9, 9, 9])
    assert torch.equal(answers(tiny_model, one), before)


def test_judging_texts_leaves_the_prompt_as_it_is(short_sighted: Model):
    prefix = short_sighted.read([2, *range(10, 60)])
    kept = all_kept(prefix)
    short_sighted.log_likelihoods(prefix, [[5, 6, 7], [8] * 40])
    assert all(map(torch.equal, kept, all_kept(prefix)))


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
    assert all(map(torch.equal, all_kept(grown), all_kept(fresh)))


LONG = st.lists(st.integers(4, 299), min_size=90, max_size=120)
EDITS = st.lists(st.tuples(st.integers(0, 60), TOKENS), min_size=1, max_size=5)
"""How far back from its end a prompt is cut, and what is typed there."""


@settings(max_examples=20)
@given(LONG, EDITS)
def test_edits_near_and_beyond_the_window_leave_the_encoding_of_a_fresh_prompt(
    short_sighted: Model, start: list[int], edits: list[tuple[int, list[int]]]
):
    tokens = [2, *start]
    edited = short_sighted.read(tokens)
    for back, typed in edits:
        tokens = [*tokens[: max(1, len(tokens) - back)], *typed]
        edited = short_sighted.read(tokens, edited)
    fresh = short_sighted.read(tokens)
    assert torch.equal(edited.last_hidden, fresh.last_hidden)
    assert torch.equal(answers(short_sighted, edited), answers(short_sighted, fresh))
    texts = [[4, 5, 6], [7]]
    judged = [short_sighted.log_likelihoods(prefix, texts) for prefix in (edited, fresh)]
    assert judged[0] == judged[1]


CUTS = st.lists(st.tuples(st.integers(0, 60), TOKENS, st.integers(0, 12)), min_size=1, max_size=5)
"""As ``EDITS``, and after how many strides reading the prompt ahead is void."""


@settings(max_examples=20)
@given(LONG, CUTS)
def test_reading_ahead_leaves_a_prompts_beginning_wherever_it_is_cut_off(
    short_sighted: Model, start: list[int], cuts: list[tuple[int, list[int], int]]
):
    tokens = [2, *start]
    ahead = None
    for back, typed, strides in cuts:
        tokens = [*tokens[: max(1, len(tokens) - back)], *typed]
        asked = iter([False] * strides)
        read = short_sighted.read_ahead(tokens, ahead, lambda asked=asked: next(asked, True))
        assert strides or read is ahead
        if strides:
            assert read is not None
            assert read.tokens == tuple(tokens[: len(read)])
            assert len(read) == len(tokens) or len(read) % STRIDE == 0
            assert torch.equal(read.last_hidden, short_sighted.read(read.tokens).last_hidden)
        ahead = read
    read, fresh = short_sighted.read(tokens, ahead), short_sighted.read(tokens)
    assert torch.equal(read.last_hidden, fresh.last_hidden)
    assert all(map(torch.equal, all_kept(read), all_kept(fresh)))
    assert torch.equal(answers(short_sighted, read), answers(short_sighted, fresh))


def test_reading_ahead_ends_at_the_stride_at_which_it_becomes_void(short_sighted: Model):
    tokens = [2, *range(10, 60)]
    for strides in range(1, 8):
        asked = iter([False] * strides)
        read = short_sighted.read_ahead(tokens, None, lambda asked=asked: next(asked, True))
        assert read is not None
        assert len(read) == min(strides * STRIDE, len(tokens))
    assert short_sighted.read_ahead(tokens, None, lambda: True) is None


@settings(max_examples=10)
@given(TOKENS)
def test_a_ring_of_strides_says_what_one_pass_over_the_whole_prompt_says(
    short_sighted: Model, tokens: list[int]
):
    strided = answers(short_sighted, short_sighted.read(tokens))
    with patch.object(short_sighted, "stride", 1000):
        whole = answers(short_sighted, short_sighted.read(tokens))
    torch.testing.assert_close(strided, whole, atol=2e-4, rtol=1e-4)
