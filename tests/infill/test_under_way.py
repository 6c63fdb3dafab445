"""Steps that are begun before the one before them is looked at: other work, the same fills."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas, FreePositions, lay_out
from mezzotint_infill.chance import Chance, ChanceInTurn, ChanceOfEach
from mezzotint_infill.denoise import Denoised, Schedule, Step, denoise
from mezzotint_infill.model import Model
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.seams import Seams

STEPS = 7
SEEDS = st.integers(0, 2**31)
LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=5)
Listener = Callable[[Step], Tensor | None]


@dataclass
class Behind:
    """The tiny model behind a prompt; remembers how many canvases each pass had."""

    model: Model
    prefix: PrefixCache
    passes: list[int] = field(default_factory=list[int])
    vocabulary: int = 300

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        self.passes.append(len(canvas))
        return self.model.beliefs(self.prefix, canvas, free, soft, terms)

    def embed(self, tokens: Tensor) -> Tensor:
        return self.model.embed(tokens)


@pytest.fixture(scope="module")
def behind(tiny_model: Model) -> Behind:
    return Behind(tiny_model, tiny_model.read([2, *range(20, 60)]))


def canvas_of(lengths: list[int]) -> Canvas:
    prompt = Prompt((), (5, 6, 7), tuple(range(30, 42)), (1,), Seams(), "", "")
    return lay_out(prompt, lengths, 48)


def schedule(seed: int, threshold: float, *, survey: int = 0) -> Schedule:
    forbidden = torch.zeros(4, 300, dtype=torch.bool)
    return Schedule(STEPS, 1.0, 0.4, 0.1, threshold, seed, forbidden, survey=survey)


def run(
    behind: Behind, canvas: Canvas, plan: Schedule, listener: Listener, chance: Chance | None = None
) -> tuple[Denoised, list[Step], list[int]]:
    """The end, all steps on the way, and how many canvases were computed at each."""
    steps: list[Step] = []
    behind.passes.clear()

    def listen(step: Step) -> Tensor | None:
        steps.append(step)
        return listener(step)

    generator = torch.Generator().manual_seed(plan.seed)
    own = chance or ChanceOfEach(generator, behind.vocabulary, canvas.slots.shape)
    return denoise(behind, canvas, plan, Cancellation(), listen, own), steps, [*behind.passes]


def all_go_on(_step: Step) -> None:
    """The listener that leaves nobody out."""


def best_at(survey: int, count: int) -> Listener:
    """Leaves out all but the first ones at a step, and all but the very first at the fourth."""

    def listen(step: Step) -> Tensor | None:
        kept = {survey: count, 4: 1}.get(step.number)
        return None if kept is None else torch.arange(len(step.best)) < kept

    return listen


def check_same(one: list[Step], other: list[Step]) -> None:
    assert [step.number for step in one] == [step.number for step in other]
    for mine, theirs in zip(one, other, strict=True):
        assert torch.equal(mine.best, theirs.best)
        assert torch.equal(mine.is_settled, theirs.is_settled)
        assert torch.equal(mine.is_out, theirs.is_out)
        torch.testing.assert_close(mine.entropy, theirs.entropy, atol=1e-4, rtol=1e-4)


@settings(max_examples=25)
@given(LENGTHS, SEEDS, st.sampled_from([0.0, 0.5, 2.0, 4.0]), st.integers(0, 3))
def test_a_loop_that_runs_ahead_takes_the_same_way(
    behind: Behind, lengths: list[int], seed: int, threshold: float, survey: int
):
    canvas, plan = canvas_of(lengths), schedule(seed, threshold, survey=survey)
    listener = best_at(survey, 3)
    there, steps, _ = run(behind, canvas, plan, listener)
    ahead, others, _ = run(behind, canvas, replace(plan, is_ahead=True), listener)
    check_same(steps, others)
    assert there.stopped_by is ahead.stopped_by


@settings(max_examples=10)
@given(SEEDS)
def test_what_a_candidate_becomes_hangs_on_no_other_one(behind: Behind, seed: int):
    """Nor on when others are left behind."""
    canvas, plan = canvas_of([4, 6, 2]), schedule(seed, 0.0)
    _, steps, _ = run(behind, canvas, plan, all_go_on)
    _, others, _ = run(behind, canvas, plan, best_at(1, 2))
    for mine, theirs in zip(steps, others, strict=True):
        assert torch.equal(mine.best[0], theirs.best[0])


@pytest.mark.parametrize(
    ("is_ahead", "survey", "expected"),
    [
        (False, 0, [3, 3, 2, 2, 1, 1, 1]),
        (True, 0, [3, 3, 3, 2, 2, 1, 1]),
        (False, 2, [3, 3, 2, 2, 1, 1, 1]),
        (True, 2, [3, 3, 2, 2, 2, 1, 1]),
    ],
)
def test_who_is_left_out_goes_on_for_a_step_unless_it_was_the_survey(
    behind: Behind, is_ahead: bool, survey: int, expected: list[int]
):
    plan = replace(schedule(1, 0.0, survey=survey), is_ahead=is_ahead)
    _, _, passes = run(behind, canvas_of([4, 6, 2]), plan, best_at(2, 2))
    assert passes == expected


def test_a_loop_that_runs_ahead_ends_one_step_late_and_says_so_in_time(behind: Behind):
    plan = replace(schedule(1, 90.0), is_ahead=True)
    end, steps, passes = run(behind, canvas_of([4]), plan, all_go_on)
    assert end.last is steps[-1]
    assert end.last.number == 1
    assert len(passes) == 2


@settings(max_examples=10)
@given(SEEDS)
def test_chance_comes_in_turn_unless_it_is_given(behind: Behind, seed: int):
    canvas, plan = canvas_of([4, 6, 2]), schedule(seed, 0.0)
    chance = ChanceInTurn(torch.Generator().manual_seed(seed), behind.vocabulary)
    _, steps, _ = run(behind, canvas, plan, best_at(1, 2), chance)
    others: list[Step] = []

    def listen(step: Step) -> Tensor | None:
        others.append(step)
        return best_at(1, 2)(step)

    denoise(behind, canvas, plan, Cancellation(), listen)
    check_same(steps, others)
