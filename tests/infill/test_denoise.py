"""The loop with small denoisers whose every answer is known: what they see and what comes out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.beliefs import Beliefs, Terms, WeighedBeliefs
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas, FreePositions, lay_out
from mezzotint_infill.denoise import VERY_SURE, Denoised, Schedule, Step, denoise
from mezzotint_infill.errors import FillCancelledError
from mezzotint_infill.hole import StopReason
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.sampler import weigh
from mezzotint_infill.seams import LAST, Seams
from mezzotint_infill.under_way import Denoiser

VOCABULARY, WIDTH = 13, 6
NEWLINE = 7
SEEDS = st.integers(0, 2**31)
EMBEDDINGS = torch.randn(VOCABULARY, WIDTH, generator=torch.Generator().manual_seed(5))


def soften(chances: Tensor) -> Tensor:
    return chances @ EMBEDDINGS


@dataclass
class Seen:
    """What a denoiser was given at one step, and what it answered."""

    canvas: Tensor
    free: FreePositions
    soft: Tensor
    logits: Tensor


@dataclass
class Random:
    """A denoiser of random weights; its answers hang on all of the canvas and its soft tokens."""

    seed: int = 0
    sureness: float = 3.0
    seen: list[Seen] = field(default_factory=list[Seen])
    vocabulary: int = VOCABULARY

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        mixed = weights(self.seed, canvas.shape[1] * 2, 2 * WIDTH)
        read = torch.cat((EMBEDDINGS[canvas], soft), dim=1)
        context = torch.tanh(torch.einsum("bcw,cv->bvw", read, mixed)).flatten(1)
        places = weights(self.seed + 1, canvas.shape[1], context.shape[1] * VOCABULARY)
        there = places.view(canvas.shape[1], -1, VOCABULARY)[free.columns]
        scores = self.sureness * torch.einsum("nw,nwv->nv", context[free.rows], there) / WIDTH
        self.seen.append(Seen(canvas.clone(), free, soft.clone(), scores.clone()))
        return WeighedBeliefs(scores, free, terms, soften)

    def embed(self, tokens: Tensor) -> Tensor:
        return EMBEDDINGS[tokens]


@cache
def weights(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@dataclass
class Oracle:
    """Knows what belongs at every place; how surely, may differ between places and candidates.

    Candidates are told apart by the token that is pinned at their end.
    """

    answer: Tensor  # (C,)
    sureness: Tensor  # (candidates by their last token, C)
    seen: list[Tensor] = field(default_factory=list[Tensor])
    vocabulary: int = VOCABULARY

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        self.seen.append(canvas.clone())
        wanted = torch.nn.functional.one_hot(self.answer[free.columns], VOCABULARY)
        candidate = canvas[free.rows, -1]
        scores = wanted * self.sureness[candidate, free.columns][:, None]
        return WeighedBeliefs(scores, free, terms, soften)

    def embed(self, tokens: Tensor) -> Tensor:
        return EMBEDDINGS[tokens]


def schedule(
    *,
    steps: int = 8,
    seed: int = 0,
    deadline: float = float("inf"),
    confidence_threshold: float = 0.01,
    forbidden: tuple[int, ...] = (),
    forbidden_last: tuple[int, ...] = (),
) -> Schedule:
    mask = torch.zeros(4, VOCABULARY, dtype=torch.bool)
    mask[:, list(forbidden)] = True
    mask[LAST, list(forbidden_last)] = True
    return Schedule(steps, 1.0, 0.8, 0.4, confidence_threshold, seed, mask, deadline)


def canvas_of(piece: int, lengths: list[int], suffix: int, seed: int = 0) -> Canvas:
    """Random pinned tokens around free positions."""
    tokens = torch.randint(
        VOCABULARY, (piece + suffix,), generator=torch.Generator().manual_seed(seed)
    )
    pinned = tuple(map(int, tokens))
    return lay_out(Prompt((), pinned[:piece], pinned[piece:], (1,), Seams(), "", ""), lengths, 32)


def told_apart(canvas: Canvas) -> Canvas:
    """The same canvas with the candidate's number pinned at its end."""
    tokens = canvas.tokens.clone()
    tokens[:, -1] = torch.arange(len(tokens))
    return replace(canvas, tokens=tokens)


CANVASES = st.builds(
    canvas_of,
    st.integers(0, 5),
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.integers(0, 9),
    SEEDS,
)


def run(
    model: Denoiser, canvas: Canvas, plan: Schedule, cancellation: Cancellation | None = None
) -> tuple[Denoised, list[Step]]:
    """The end, and the steps that led there without the noise before them."""
    steps: list[Step] = []
    end = denoise(model, canvas, plan, cancellation or Cancellation(), steps.append)
    return end, steps[1:]


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_only_free_positions_ever_change(canvas: Canvas, seed: int):
    model = Random(seed)
    run(model, canvas, schedule(seed=seed, confidence_threshold=0.0))
    assert len(model.seen) == 8
    for seen in model.seen:
        assert torch.equal(seen.canvas[~canvas.is_free], canvas.tokens[~canvas.is_free])
    free = torch.stack([seen.canvas[canvas.is_free] for seen in model.seen])
    assert (free != free[0]).any()


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_soft_tokens_are_pinned_ones_as_they_are_and_mean_ones_where_free(
    canvas: Canvas, seed: int
):
    plan = schedule(seed=seed, confidence_threshold=0.0)
    model = Random(seed)
    run(model, canvas, plan)
    soft = model.embed(canvas.tokens)
    soft[canvas.is_free] = 0.0
    for number, seen in enumerate(model.seen, start=1):
        torch.testing.assert_close(seen.soft, soft)
        beliefs = weigh(seen.logits, plan.temperature(number), plan.forbidden[0])
        soft[canvas.is_free] = soften(beliefs.chances)


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_accepted_tokens_stay_and_the_others_are_noise(canvas: Canvas, seed: int):
    """A place that is sure of its token holds it from the second step on; the others vary."""
    sure = torch.where(torch.arange(canvas.tokens.shape[1]) % 2 == 0, 90.0, 0.0)
    answer = torch.arange(len(sure)) % VOCABULARY
    model = Oracle(answer, sure.expand(VOCABULARY, -1))
    run(model, canvas, schedule(seed=seed))
    is_sure = canvas.is_free & (sure > 0)
    for tokens in model.seen[1:]:
        assert torch.equal(tokens[is_sure], answer.expand_as(tokens)[is_sure])


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_a_model_that_knows_the_answer_settles_on_it(canvas: Canvas, seed: int):
    answer = torch.randint(VOCABULARY, canvas.tokens.shape[1:])
    everywhere = torch.full((VOCABULARY, len(answer)), 90.0)
    end, steps = run(Oracle(answer, everywhere), canvas, schedule(seed=seed))
    assert end.stopped_by is StopReason.SETTLED
    assert [step.number for step in steps] == [1]
    assert end.last is steps[-1]
    assert torch.equal(end.last.best[canvas.is_slot], answer[canvas.slots][canvas.is_slot])
    assert not end.last.entropy.any()


@settings(max_examples=12)
@given(st.integers(1, 5), SEEDS)
def test_doubts_at_pinned_positions_do_not_keep_a_canvas_from_settling(piece: int, seed: int):
    """Slots that pad a shorter candidate point at the first position, which is such a one."""
    canvas = canvas_of(piece, [6, 2, 4], 5, seed)
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    sureness = 90.0 * canvas.is_free.any(dim=0)
    end, _ = run(Oracle(answer, sureness.expand(VOCABULARY, -1)), canvas, schedule(seed=seed))
    assert end.stopped_by is StopReason.SETTLED
    assert end.last.number == 1
    assert not end.last.entropy[~canvas.is_slot].any()


def test_sure_pins_do_not_settle_a_canvas_that_is_in_doubt():
    canvas = canvas_of(4, [2], 9)
    sureness = torch.where(canvas.is_free.any(dim=0), 1.0, 90.0)
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    end, _ = run(Oracle(answer, sureness.expand(VOCABULARY, -1)), canvas, schedule())
    assert end.stopped_by is StopReason.STEPS


def test_a_stable_draft_has_not_settled_while_it_is_in_doubt():
    canvas = canvas_of(0, [3], 4)
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    sureness = torch.full((VOCABULARY, len(answer)), 1.0)
    end, steps = run(Oracle(answer, sureness), canvas, schedule(confidence_threshold=0.5))
    assert end.stopped_by is StopReason.STEPS
    assert all(torch.equal(step.best, steps[0].best) for step in steps)


def test_a_confident_draft_has_not_settled_before_it_came_twice():
    canvas = canvas_of(0, [3], 4)
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    sureness = torch.full((VOCABULARY, len(answer)), 6.0)
    plan = schedule(confidence_threshold=0.08)
    end, (first, _) = run(Oracle(answer, sureness), canvas, plan)
    assert VERY_SURE * 0.08 < float(first.entropy.mean()) < 0.08
    assert not first.is_settled.any()
    assert end.stopped_by is StopReason.SETTLED


@settings(max_examples=12)
@given(SEEDS)
def test_a_candidate_that_has_settled_is_neither_computed_nor_changed(seed: int):
    canvas = told_apart(canvas_of(2, [3, 5, 4], 4))
    answer = torch.randint(VOCABULARY, canvas.tokens.shape[1:])
    sureness = torch.tensor([[1.0], [90.0], [1.0]]).expand(-1, len(answer))
    model = Oracle(answer, sureness)
    end, steps = run(model, canvas, schedule(seed=seed))
    assert [tokens[:, -1].tolist() for tokens in model.seen] == [[0, 1, 2]] + [[0, 2]] * 7
    assert end.last.is_settled.tolist() == [False, True, False]
    for step in steps[1:]:
        assert torch.equal(step.best[1], steps[0].best[1])
        assert torch.equal(step.entropy[1], steps[0].entropy[1])


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_the_same_seed_takes_the_same_way_and_another_one_another(canvas: Canvas, seed: int):
    def way(seed: int) -> list[Tensor]:
        model = Random(3)
        run(model, canvas, schedule(seed=seed, confidence_threshold=0.0))
        return [seen.canvas for seen in model.seen]

    first, second, other = way(seed), way(seed), way(seed + 1)
    assert all(map(torch.equal, first, second))
    assert not all(map(torch.equal, first, other))


def test_the_seed_leaves_other_chance_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    run(Random(), canvas_of(2, [4], 3), schedule(seed=9))
    assert torch.equal(torch.rand(3), expected)


@settings(max_examples=12)
@given(SEEDS)
def test_a_forbidden_token_is_in_no_draft_however_much_it_is_wanted(seed: int):
    canvas = canvas_of(3, [1, 4, 9], 5, seed)
    answer = torch.full(canvas.tokens.shape[1:], NEWLINE)
    sureness = torch.full((VOCABULARY, len(answer)), 90.0)
    plan = schedule(seed=seed, forbidden=(0, 1, NEWLINE))
    _, steps = run(Oracle(answer, sureness), canvas, plan)
    for step in steps:
        assert not plan.forbidden[0, step.best[canvas.is_slot]].any()
        assert step.entropy.isfinite().all()


@settings(max_examples=12)
@given(SEEDS)
def test_a_token_that_is_forbidden_at_the_end_stands_only_elsewhere(seed: int):
    canvas = canvas_of(3, [4, 9], 5, seed)
    answer = torch.full(canvas.tokens.shape[1:], NEWLINE)
    sureness = torch.full((VOCABULARY, len(answer)), 90.0)
    plan = schedule(seed=seed, forbidden_last=(NEWLINE,))
    end, _ = run(Oracle(answer, sureness), canvas, plan)
    is_newline = end.last.best == NEWLINE
    assert is_newline[0, :4].tolist() == [True, True, True, False]
    assert is_newline[1].tolist() == [True] * 8 + [False]


def test_cancelling_ends_the_work_before_the_next_step():
    model, cancellation = Random(), Cancellation()

    def cancel_at_two(step: Step) -> None:
        if step.number == 2:
            cancellation.cancel()

    with pytest.raises(FillCancelledError):
        denoise(model, canvas_of(2, [4], 3), schedule(), cancellation, cancel_at_two)
    assert len(model.seen) == 2


def test_when_time_is_up_the_draft_so_far_is_what_there_is():
    model = Random()
    end, steps = run(model, canvas_of(2, [4], 3), schedule(deadline=0.0))
    assert end.stopped_by is StopReason.DEADLINE
    assert end.last is steps[-1]
    assert len(model.seen) == len(steps) == 1


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_the_step_limit_is_the_number_of_forward_passes(steps: int):
    model = Random()
    end, seen = run(model, canvas_of(2, [4], 3), schedule(steps=steps, confidence_threshold=0.0))
    assert end.stopped_by is StopReason.STEPS
    assert [step.number for step in seen] == list(range(1, steps + 1))
    assert len(model.seen) == steps


@pytest.mark.parametrize(("step", "expected"), [(1, 0.8), (2, 0.75), (5, 0.6), (8, 0.45)])
def test_the_temperature_falls_in_a_line(step: int, expected: float):
    assert schedule(steps=8).temperature(step) == pytest.approx(expected)


def test_a_step_keeps_its_values_when_the_next_one_comes():
    """A listener may hold on to steps; they must not be the loop's own working space."""
    copies: list[tuple[Step, Tensor, Tensor]] = []
    denoise(
        Random(),
        canvas_of(2, [4, 2], 3),
        schedule(confidence_threshold=0.0),
        Cancellation(),
        lambda step: copies.append((step, step.best.clone(), step.entropy.clone())),
    )
    for step, best, entropy in copies:
        assert torch.equal(step.best, best)
        assert torch.equal(step.entropy, entropy)


@settings(max_examples=12)
@given(CANVASES, SEEDS)
def test_the_noise_that_a_model_starts_from_is_step_zero(canvas: Canvas, seed: int):
    model = Random()
    steps: list[Step] = []
    denoise(model, canvas, schedule(seed=seed, steps=1), Cancellation(), steps.append)
    assert [step.number for step in steps] == [0, 1]
    assert torch.equal(steps[0].best[canvas.is_slot], model.seen[0].canvas[canvas.is_free])
    expected = math.log(VOCABULARY) * canvas.is_slot
    torch.testing.assert_close(steps[0].entropy, expected)


def leave_out(at_step: int, *goes_on: bool) -> Callable[[Step], Tensor | None]:
    return lambda step: torch.tensor(goes_on) if step.number == at_step else None


def test_candidates_that_are_left_out_are_not_computed_further():
    canvas = told_apart(canvas_of(2, [3, 5, 4], 4))
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    model = Oracle(answer, torch.full((VOCABULARY, len(answer)), 1.0))
    listener = leave_out(2, True, False, True)
    end = denoise(model, canvas, schedule(steps=4), Cancellation(), listener)
    assert [tokens[:, -1].tolist() for tokens in model.seen] == [[0, 1, 2]] * 2 + [[0, 2]] * 2
    assert end.last.is_out.tolist() == [False, True, False]
    assert end.last.number == 4


def test_it_ends_when_all_that_were_not_left_out_have_settled():
    canvas = told_apart(canvas_of(2, [3, 5, 4], 4))
    answer = torch.zeros(canvas.tokens.shape[1], dtype=torch.long)
    sureness = torch.tensor([[90.0], [1.0], [90.0]]).expand(-1, len(answer))
    model = Oracle(answer, sureness)
    listener = leave_out(2, True, False, False)
    end = denoise(model, canvas, schedule(), Cancellation(), listener)
    assert end.stopped_by is StopReason.SETTLED
    assert len(model.seen) == end.last.number == 2
    assert end.last.is_out.tolist() == [False, True, False]
