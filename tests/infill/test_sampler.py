"""Beliefs in, accepted slots and drawn tokens out; measured against the published sampler."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Categorical
from transformers.models.diffusion_gemma.generation_diffusion_gemma import (
    EntropyBoundSampler,
    EntropyBoundSamplerConfig,
)

from mezzotint_infill.sampler import accept, draw, noise, weigh

VOCABULARY = 11
NOTHING_FORBIDDEN = torch.zeros(VOCABULARY, dtype=torch.bool)
SEEDS = st.integers(0, 2**31)
BOUNDS = st.floats(0.01, 20.0)


def chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some_logits(seed: int, rows: int = 3, slots: int = 7, spread: float = 4.0) -> Tensor:
    return spread * torch.randn(rows, slots, VOCABULARY, generator=chance(seed))


def points(chances: Tensor, seed: int = 0) -> Tensor:
    """One for each position."""
    return torch.rand(chances.shape[:-1], generator=chance(seed))


def check(entropies: list[float], bound: float, expected: str) -> None:
    """One candidate; ``x`` in ``expected`` stays, ``.`` is renoised."""
    entropy = torch.tensor([entropies])
    stays = accept(entropy, torch.ones_like(entropy, dtype=torch.bool), bound)
    assert "".join("x" if stay else "." for stay in stays[0]) == expected


@pytest.mark.parametrize(
    ("entropies", "bound", "expected"),
    [
        ([5.0], 0.1, "x"),
        ([5.0, 4.0, 6.0], 0.1, ".x."),
        ([0.0, 9.0, 0.0], 0.1, "xxx"),
        ([0.05, 9.0, 0.04], 0.1, "xxx"),
        ([0.06, 9.0, 0.05], 0.1, "x.x"),
        ([0.3, 0.2, 0.09], 0.1, ".xx"),
        ([0.3, 0.2, 0.09], 0.35, "xxx"),
    ],
)
def test_the_surest_stay_within_the_bound(entropies: list[float], bound: float, expected: str):
    check(entropies, bound, expected)


@settings(max_examples=40)
@given(SEEDS, BOUNDS)
def test_accepts_as_the_published_sampler_does_when_everything_is_free(seed: int, bound: float):
    logits = some_logits(seed)
    sampler = EntropyBoundSampler(EntropyBoundSamplerConfig(bound), 7, VOCABULARY, 1)
    canvas: Any = torch.zeros(logits.shape[:2], dtype=torch.long)
    sampler.accept_canvas(canvas, canvas, logits, 1)
    beliefs = weigh(logits, 1.0, NOTHING_FORBIDDEN)
    stays = accept(beliefs.entropy, torch.ones_like(canvas, dtype=torch.bool), bound)
    expected: Any = sampler.accepted_token_mask
    assert torch.equal(stays, expected)


@settings(max_examples=40)
@given(SEEDS, BOUNDS, st.lists(st.integers(1, 7), min_size=3, max_size=3))
def test_slots_that_only_pad_neither_stay_nor_count(seed: int, bound: float, lengths: list[int]):
    entropy = weigh(some_logits(seed), 1.0, NOTHING_FORBIDDEN).entropy
    is_slot = torch.arange(7) < torch.tensor(lengths)[:, None]
    together = accept(entropy, is_slot, bound)
    for row, length in enumerate(lengths):
        alone = accept(entropy[row : row + 1, :length], is_slot[row : row + 1, :length], bound)
        assert torch.equal(together[row, :length], alone[0])
        assert not together[row, length:].any()


@settings(max_examples=40)
@given(SEEDS, st.floats(0.2, 2.0))
def test_entropy_is_that_of_the_chances_at_a_temperature(seed: int, temperature: float):
    logits = some_logits(seed)
    beliefs = weigh(logits, temperature, NOTHING_FORBIDDEN)
    expected = Categorical(logits=logits / temperature)
    torch.testing.assert_close(beliefs.entropy, expected.entropy(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(beliefs.chances, expected.probs)
    assert torch.equal(beliefs.best, logits.argmax(dim=-1))


@settings(max_examples=40)
@given(SEEDS, st.sets(st.integers(0, VOCABULARY - 1), max_size=VOCABULARY - 1))
def test_forbidden_tokens_have_no_chance(seed: int, tokens: set[int]):
    forbidden = NOTHING_FORBIDDEN.clone()
    forbidden[list(tokens)] = True
    logits = some_logits(seed) + 50.0 * forbidden
    beliefs = weigh(logits, 1.0, forbidden)
    assert not beliefs.chances[..., forbidden].any()
    assert not forbidden[beliefs.best].any()
    assert not forbidden[draw(beliefs.chances, points(beliefs.chances, seed))].any()
    assert beliefs.entropy.isfinite().all()


def test_one_token_left_is_a_certainty():
    forbidden = ~NOTHING_FORBIDDEN
    forbidden[3] = False
    beliefs = weigh(some_logits(0), 1.0, forbidden)
    assert (beliefs.best == 3).all()
    assert not beliefs.entropy.any()


def test_tokens_are_drawn_as_often_as_their_chances_say():
    chances = torch.tensor([0.5, 0.0, 0.3, 0.15, 0.0, 0.05])
    many = chances.expand(4, 10_000, -1)
    drawn = draw(many, points(many))
    counted = torch.bincount(drawn.flatten(), minlength=len(chances)) / drawn.numel()
    assert not counted[chances == 0].any()
    torch.testing.assert_close(counted, chances, atol=0.01, rtol=0)


def test_slots_are_drawn_independently_of_each_other():
    even = torch.full((2, 10_000, 2), 0.5)
    drawn = draw(even, points(even))
    agree = (drawn[0] == drawn[1]).float().mean()
    follow = (drawn[:, 1:] == drawn[:, :-1]).float().mean()
    torch.testing.assert_close(
        torch.stack((agree, follow)), torch.full((2,), 0.5), atol=0.02, rtol=0
    )


def test_noise_is_every_token_alike():
    counted = torch.bincount(noise(torch.Size((10, 11_000)), VOCABULARY, chance(0)).flatten())
    torch.testing.assert_close(counted / 10_000, torch.ones(VOCABULARY), atol=0.05, rtol=0)


@settings(max_examples=40)
@given(SEEDS)
def test_the_same_seed_draws_the_same(seed: int):
    chances = weigh(some_logits(seed), 1.0, NOTHING_FORBIDDEN).chances
    assert torch.equal(draw(chances, points(chances, seed)), draw(chances, points(chances, seed)))
    size = torch.Size((4, 40))
    first = noise(size, VOCABULARY, chance(seed))
    assert torch.equal(first, noise(size, VOCABULARY, chance(seed)))
    assert not torch.equal(first, noise(size, VOCABULARY, chance(seed + 1)))
