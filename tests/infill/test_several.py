"""Several gaps filled together, by a model that is random but real and by the one that ships."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_grammars.validity import errors_in
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.filler import Filler
from mezzotint_infill.gaps import filled
from mezzotint_infill.hole import Draft, Fill, Gap, Hole, HoleKind, StopReason
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.model import Model
from mezzotint_infill.options import InfillOptions

CODE = st.text(alphabet="ab_( ):\n\t.'é字", max_size=12)
KINDS = st.sampled_from(HoleKind)
GAPS = st.lists(st.builds(Gap, CODE.filter(bool), KINDS), min_size=1, max_size=4).map(tuple)
HOLE = Hole("def add(", "\n", further=(Gap("):\n    return "), Gap("\n\n\nx = add("), Gap(", 2)")))
PAIR = replace(HOLE, further=HOLE.further[:1])
FEW = InfillOptions(steps=3)
NEVER_SETTLED = InfillOptions(steps=6, length=3, confidence_threshold=1e-9)
StepsUntilCancelled = Callable[[Hole, InfillOptions], list[int]]


def fill(
    filler: Filler, hole: Hole, options: InfillOptions, on_draft: DraftListener | None = None
) -> Fill:
    return filler.fill(hole, options, Cancellation(), on_draft)


@pytest.fixture(scope="module")
def embedded() -> LocalInfiller:
    return LocalInfiller()


@settings(max_examples=8)
@given(CODE, CODE, KINDS, GAPS, st.integers(0, 99))
def test_every_gap_gets_an_answer(
    tiny_model: Model,
    prefix: str,
    suffix: str,
    kind: HoleKind,
    further: tuple[Gap, ...],
    seed: int,
):
    hole = Hole(prefix, suffix, kind=kind, further=further)
    drafts: list[Draft] = []
    options = InfillOptions(seed=seed, steps=3, candidates=2)
    answer = fill(Filler(tiny_model), hole, options, drafts.append)
    texts = (answer.text, *answer.further)
    assert len(texts) == len(further) + 1
    for text, own in zip(texts, (kind, *(gap.kind for gap in further)), strict=True):
        assert not any(special in text for special in ("<pad>", "<eos>", "<bos>", "<unk>"))
        assert not (own.is_within_line and "\n" in text)
    assert {len(draft.further) for draft in drafts} == {len(further)}
    assert [draft.step for draft in drafts] == list(range(answer.steps + 1))
    if answer.candidates:
        best = answer.candidates[0]
        assert (best.text, best.further, best.tokens) == (
            answer.text, answer.further, answer.tokens,
        )  # fmt: skip


def test_the_same_seed_takes_the_same_way_whatever_was_filled_before(filler: Filler):
    def drafts(seed: int) -> list[Draft]:
        found: list[Draft] = []
        fill(filler, PAIR, replace(FEW, seed=seed), found.append)
        return found

    first = drafts(1)
    assert len({way[-1].pieces for way in (first, drafts(2), drafts(3))}) == 3
    assert drafts(1) == first


def test_gaps_that_do_not_fit_one_canvas_are_filled_in_several(filler: Filler):
    between = "\nx = add(left, right)\n" * 3
    far = replace(HOLE, further=(*HOLE.further, Gap(between), Gap(")\n"), Gap(between)))
    drafts: list[Draft] = []
    answer = fill(filler, far, replace(FEW, length=2, candidates=3), drafts.append)
    assert answer.length_policy.count("told: 2") > 1
    assert len(answer.further) == len(far.further)
    assert len(answer.candidates) <= 1
    assert [draft.step for draft in drafts] == list(range(answer.steps + 1))
    for gap in range(len(far.further)):
        assert any(len(draft.further[gap]) == 2 for draft in drafts)


def test_a_length_that_fits_no_canvas_is_refused_with_the_room_there_is(filler: Filler):
    with pytest.raises(BadHoleError, match=r"A hole of 60 tokens does not fit: .*\d+ here\."):
        fill(filler, PAIR, InfillOptions(length=60))


def test_every_gap_gets_the_told_length(filler: Filler):
    drafts: list[Draft] = []
    answer = fill(filler, PAIR, replace(FEW, length=3), drafts.append)
    assert {(len(d.pieces), len(d.further[0])) for d in drafts} == {(3, 3)}
    assert answer.tokens in (0, 6)


def test_windows_line_ends_are_those_of_the_fill(filler: Filler):
    windows = replace(
        PAIR, suffix="\r\n", further=tuple(Gap(gap.between.replace("\n", "\r\n")) for gap in PAIR.further)
    )  # fmt: skip
    answer, plain = fill(filler, windows, FEW), fill(filler, PAIR, FEW)
    assert (answer.text, *answer.further) == tuple(
        text.replace("\n", "\r\n") for text in (plain.text, *plain.further)
    )


def test_cancelling_ends_the_work_before_the_next_step(steps_until_cancelled: StepsUntilCancelled):
    assert steps_until_cancelled(HOLE, NEVER_SETTLED) == [0, 1, 2]


def test_time_is_up_for_all_canvases_together(filler: Filler):
    answer = fill(filler, HOLE, replace(NEVER_SETTLED, deadline_ms=0.001))
    assert answer.stopped_by is StopReason.DEADLINE
    assert answer.steps < 6


STACK = Hole(
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n"
    "        self.items.",
    "\n",
    kind=HoleKind.PART_OF_LINE,
    further=(Gap("(item)\n\n    def pop(self):\n        return ", HoleKind.REST_OF_LINE),),
)


def test_the_model_that_ships_fills_two_methods_together(embedded: LocalInfiller):
    answer = embedded.fill_now(STACK, InfillOptions(only_valid=True))
    texts = (answer.text, *answer.further)
    assert all(texts)
    assert errors_in(STACK.prefix + filled(STACK, texts) + STACK.suffix, "python") == 0
    assert "append" in answer.text
