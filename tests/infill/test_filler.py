"""Fills by a model that is random but real: what holds whatever it says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Candidate, Draft, Fill, Hole, HoleKind, Piece, StopReason
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.line_ends import with_line_ends_of, with_plain_line_ends
from mezzotint_infill.model import Model
from mezzotint_infill.options import InfillOptions

CODE = st.text(alphabet="ab_( ):\n\t.'é字", max_size=40)
KINDS = st.sampled_from(HoleKind)
HOLE = Hole("def add(left, right):\n    retu", "\n\n\nclass Sum:\n    pass\n")
FEW = InfillOptions(steps=3, length=4)
NEVER_SETTLED = InfillOptions(steps=6, length=4, confidence_threshold=1e-9)
StepsUntilCancelled = Callable[[Hole, InfillOptions], list[int]]


def fill(
    filler: Filler, hole: Hole, options: InfillOptions, on_draft: DraftListener | None = None
) -> Fill:
    return filler.fill(hole, options, Cancellation(), on_draft)


def what(fill: Fill) -> tuple[Any, ...]:
    """All of a fill but its times, scores to what batches and caches leave of floats."""
    scores = [round(candidate.score, 3) for candidate in fill.candidates]
    texts = [candidate.text for candidate in fill.candidates]
    return fill.text, texts, scores, fill.steps, fill.stopped_by, fill.tokens, fill.length_policy


@settings(max_examples=6)
@given(CODE, CODE, KINDS, st.integers(0, 99))
def test_every_hole_gets_an_answer_and_no_token_that_is_none_of_its_business(
    tiny_model: Model, prefix: str, suffix: str, kind: HoleKind, seed: int
):
    options = InfillOptions(seed=seed, steps=4, candidates=3)
    answer = fill(Filler(tiny_model), Hole(prefix, suffix, kind=kind), options)
    for text in (answer.text, *(candidate.text for candidate in answer.candidates)):
        assert not any(special in text for special in ("<pad>", "<eos>", "<bos>", "<unk>"))
        assert not (kind.is_within_line and "\n" in text)
    assert len({candidate.text for candidate in answer.candidates}) == len(answer.candidates) <= 3
    assert answer.text == (answer.candidates[0].text if answer.candidates else "")
    assert answer.tokens == (answer.candidates[0].tokens if answer.candidates else 0)
    assert 1 <= answer.steps <= 4
    assert answer.length_policy.startswith("auto")


def drafts_of(filler: Filler, options: InfillOptions, hole: Hole = HOLE) -> list[Draft]:
    drafts: list[Draft] = []
    fill(filler, hole, options, drafts.append)
    return drafts


def test_the_same_seed_takes_the_same_way_and_others_take_others(filler: Filler):
    ways = [drafts_of(filler, replace(FEW, seed=seed)) for seed in range(3)]
    assert ways[1] == drafts_of(filler, replace(FEW, seed=1))
    assert len({way[-1].text for way in ways}) == 3


def test_what_was_filled_before_changes_nothing(tiny_model: Model, filler: Filler):
    fresh = fill(Filler(tiny_model), HOLE, FEW)
    fill(filler, Hole("something(else_, entirely)\n" * 9, ""), FEW)
    fill(filler, replace(HOLE, prefix=HOLE.prefix + "rn left + "), FEW)
    assert what(fill(filler, HOLE, FEW)) == what(fresh)


def test_windows_line_ends_are_none_of_the_models_business(filler: Filler):
    windows = Hole(HOLE.prefix.replace("\n", "\r\n"), HOLE.suffix.replace("\n", "\r\n"))
    assert filler.prompt(with_plain_line_ends(windows)) == filler.prompt(HOLE)
    assert drafts_of(filler, FEW, windows) == drafts_of(filler, FEW)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_block_has_its_opening_whatever_ends_the_lines(filler: Filler, line_end: str):
    hole = Hole("def f():", f"{line_end}x = 1{line_end}", kind=HoleKind.BLOCK, indent="    ")
    assert drafts_of(filler, FEW, hole)[0].text.startswith("\n    ")


@pytest.mark.parametrize(
    ("prefix", "suffix", "expected"),
    [
        ("a\r\n", "b", "x\r\ny"),
        ("a", "\r\nb", "x\r\ny"),
        ("a\n", "b", "x\ny"),
        ("a", "b", "x\ny"),
    ],
)
def test_a_fill_has_the_line_ends_of_its_file(prefix: str, suffix: str, expected: str):
    candidates = (Candidate("z", 0, 1), Candidate("x\ny", 0, 1))
    plain = Fill("z", candidates, 1, StopReason.SETTLED, 1, "", "")
    found = with_line_ends_of(Hole(prefix, suffix), plain)
    assert [candidate.text for candidate in found.candidates] == ["z", expected]
    assert with_line_ends_of(Hole(prefix, suffix), replace(plain, text="x\ny")).text == expected


@pytest.mark.parametrize("hole", [HOLE, Hole("", ""), Hole("x = " + "字" * 99, "y" * 99)])
def test_a_length_that_does_not_fit_is_refused_with_the_room_there_is(filler: Filler, hole: Hole):
    with pytest.raises(BadHoleError, match=r"A hole of 49 tokens does not fit: .*\d+ here\.") as no:
        fill(filler, hole, InfillOptions(length=49))
    room = int(str(no.value).split()[-2])
    fill(filler, hole, InfillOptions(length=room, steps=1))
    with pytest.raises(BadHoleError):
        fill(filler, hole, InfillOptions(length=room + 1))


def test_a_told_length_is_taken(filler: Filler):
    assert {len(draft.pieces) for draft in drafts_of(filler, replace(FEW, length=7))} == {7}
    assert fill(filler, HOLE, replace(FEW, length=7)).length_policy == "told: 7"


@pytest.mark.parametrize(
    "hole",
    [
        Hole("", ""),
        Hole("\n", "\n"),
        Hole("x = '<eos><bos>", "<pad>'\n"),
        Hole("line(of, code)\n" * 300_000, "line(of, code)\n" * 300_000),
        Hole("x" * 1_000_000, "y" * 1_000_000),
        Hole("\t" * 300, " " * 3_000),
    ],
    ids=["empty", "blank", "special", "large", "one word", "indented"],
)
def test_odd_files_are_filled_like_any_other(filler: Filler, hole: Hole):
    assert fill(filler, hole, InfillOptions(steps=1)).stopped_by is StopReason.STEPS


def test_when_time_is_up_the_best_draft_is_the_fill(filler: Filler):
    told = replace(NEVER_SETTLED, length=2)
    for seed in range(4):
        late = fill(filler, HOLE, replace(told, seed=seed, deadline_ms=0.001))
        assert late.stopped_by is StopReason.DEADLINE
        assert late.steps == 1
        assert late.candidates == fill(filler, HOLE, replace(told, seed=seed, steps=1)).candidates


def test_cancelling_ends_the_work_before_the_next_step(
    filler: Filler, steps_until_cancelled: StepsUntilCancelled
):
    assert steps_until_cancelled(HOLE, NEVER_SETTLED) == [0, 1, 2]
    assert fill(filler, HOLE, NEVER_SETTLED).steps == NEVER_SETTLED.steps


def test_drafts_come_once_a_step_from_the_noise_on(filler: Filler):
    drafts = drafts_of(filler, NEVER_SETTLED)
    assert [draft.step for draft in drafts] == list(range(7))
    assert all(0 <= piece.certainty <= 1 for draft in drafts for piece in draft.pieces)
    assert all(piece.certainty < 0.01 for piece in drafts[0].pieces)


def test_the_pinned_tokens_reach_the_model_unchanged_at_every_step(tiny_model: Model):
    seen: list[torch.Tensor] = []

    def look(_module: Any, _args: Any, given: dict[str, Any]) -> None:
        seen.append(given["decoder_input_ids"].clone())

    filler = Filler(tiny_model)
    call = replace(HOLE, prefix=HOLE.prefix + "rn left((")
    prompt = filler.prompt(call)
    network: Any = tiny_model.network
    hook = network.model.register_forward_pre_hook(look, with_kwargs=True)
    fill(filler, call, NEVER_SETTLED)
    hook.remove()
    assert len(seen) == NEVER_SETTLED.steps
    first, end = len(prompt.piece), len(prompt.piece) + 4
    for canvas in seen:
        assert tuple(canvas[0, :first]) == prompt.piece
        shown = (*prompt.suffix, *prompt.closing * 48)[: canvas.shape[1] - end]
        assert tuple(canvas[0, end:]) == shown
    assert tiny_model.decode(prompt.piece) == "(("


def test_drafts_and_fills_of_a_block_begin_with_its_line_and_indentation(filler: Filler):
    block = replace(HOLE, prefix="def f():", kind=HoleKind.BLOCK, indent="    ")
    drafts: list[Draft] = []
    found = filler.fill(block, FEW, Cancellation(), drafts.append)
    assert {draft.pieces[0] for draft in drafts} == {Piece("\n    ", 1.0)}
    assert not found.text or found.text.startswith("\n    ")


def test_half_a_word_is_a_free_position_that_agrees_with_it(filler: Filler):
    assert filler.prompt(HOLE).piece == ()
    assert filler.token_count(HOLE, "rn") == 1
    for seed in range(4):
        _, *drafts = drafts_of(filler, replace(FEW, seed=seed))
        assert {draft.pieces[0].text for draft in drafts} == {"rn"}


def test_the_loss_at_full_noise_is_a_mean_over_seeds(filler: Filler):
    one, two = (filler.full_noise_loss(HOLE, "rn left", [seed]) for seed in (1, 2))
    assert one != two
    assert filler.full_noise_loss(HOLE, "rn left", [1, 2]) == pytest.approx(
        (one + two) / 2, rel=1e-4
    )
    assert filler.full_noise_loss(HOLE, "rn left", [1]) == pytest.approx(one)
