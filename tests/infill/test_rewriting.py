"""Regions that are changed where they stand: what may change, what never does, and what is told."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_grammars.validity import errors_around
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.filler import Filler
from mezzotint_infill.freeing import likelihoods
from mezzotint_infill.hole import Draft, Fill, Freed, Hole, Rewrite, StopReason
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.reader import Reader
from mezzotint_infill.rewriting import changed_tokens
from mezzotint_infill.stretches import lay_stretch, whole

CODE = st.text(alphabet="ab_( ):\n\r\t.='é字", max_size=60)
REGIONS = CODE.filter(str.strip) | st.sampled_from(["x" * 300, "é" * 90, "a = 1\r\nb = 2\nc"])
FREED = st.sampled_from(Freed)
PREFIX, SUFFIX = "def add(left, right):\n", "\n\n\nclass Sum:\n    pass\n"
REGION = "    total = left + right\n    return total"
FEW = InfillOptions(steps=3)
NEVER_SETTLED = InfillOptions(steps=6, confidence_threshold=1e-9)


def hole_of(text: str, strength: float, freed: Freed = Freed.BY_CHANCE) -> Hole:
    return Hole(PREFIX, SUFFIX, rewrite=Rewrite(text, strength, freed))


StepsUntilCancelled = Callable[[Hole, InfillOptions], list[int]]


def fill(
    filler: Filler, hole: Hole, options: InfillOptions, on_draft: DraftListener | None = None
) -> Fill:
    return filler.fill(hole, options, Cancellation(), on_draft)


@settings(max_examples=25)
@given(CODE, REGIONS, CODE, st.floats(0, 1), FREED, st.integers(0, 99))
def test_no_more_changes_than_the_strength_allows_and_nothing_parses_worse(
    tiny_model: Model,
    prefix: str,
    text: str,
    suffix: str,
    strength: float,
    freed: Freed,
    seed: int,
):
    hole = Hole(prefix, suffix, rewrite=Rewrite(text, strength, freed))
    options = InfillOptions(seed=seed, steps=2, candidates=2)
    answer = fill(Filler(tiny_model), hole, options)
    plain = [one.replace("\r\n", "\n").replace("\r", "\n") for one in (prefix, text, suffix)]
    tokens = tiny_model.encode(plain[1])
    for found in (answer.text, *(candidate.text for candidate in answer.candidates)):
        after = found.replace("\r\n", "\n").replace("\r", "\n")
        assert changed_tokens(tokens, tiny_model.encode(after)) <= strength * len(tokens) + 1e-6
        errors = [errors_around(plain[0], one, plain[2], "python") for one in (after, plain[1])]
        assert errors[0] <= errors[1]
        if after == plain[1]:
            assert found == text
    assert answer.candidates[0].text == answer.text


@settings(max_examples=25)
@given(CODE, REGIONS, CODE, st.data())
def test_pinned_text_comes_back_byte_for_byte(
    tiny_model: Model, prefix: str, text: str, suffix: str, data: st.DataObject
):
    text = text.replace("\r", "")[:30]
    reader = Reader(tiny_model)
    hole = Hole(prefix, suffix, rewrite=Rewrite(f"a{text}", 1))
    stretch = lay_stretch(hole, f"a{text}", whole(f"a{text}"), reader)
    places = sorted(data.draw(st.sets(st.sampled_from(stretch.changeable or (0,)))))
    if not stretch.changeable:
        return
    new = data.draw(st.lists(st.just(tiny_model.encode("_")[0]), min_size=len(places), max_size=len(places)))  # fmt: skip
    expected = list(f"a{text}")
    for place in places:
        start, end = stretch.spans[place]
        expected[start:end] = ["_", *[""] * (end - start - 1)]
    assert stretch.with_tokens(places, new, reader) == "".join(expected)
    own = [stretch.tokens[place] for place in places]
    assert stretch.with_tokens(places, own, reader) == f"a{text}"


def test_nothing_changes_at_strength_zero_and_nothing_is_denoised(filler: Filler):
    mixed = "a = 1\r\nb = 2\nc = 3"
    answer = fill(filler, hole_of(mixed, 0), FEW)
    assert (answer.text, answer.steps, answer.note) == (mixed, 0, "")


def test_a_region_of_too_few_tokens_is_left_alone_with_a_sentence(filler: Filler):
    answer = fill(filler, hole_of("x", 0.5), FEW)
    assert answer.text == "x"
    assert answer.note == ("At strength 0.5 nothing may change: the region has too few tokens (1).")


@pytest.mark.parametrize("freed", Freed)
def test_the_same_seed_takes_the_same_way_and_others_take_others(filler: Filler, freed: Freed):
    def drafts(seed: int) -> list[Draft]:
        found: list[Draft] = []
        fill(filler, hole_of(REGION, 0.6, freed), replace(FEW, seed=seed), found.append)
        return found

    ways = [drafts(seed) for seed in range(3)]
    assert ways[1] == drafts(1)
    assert len({way[-1].text for way in ways}) == 3


def test_all_of_a_large_region_is_in_every_draft(filler: Filler):
    drafts: list[Draft] = []
    answer = fill(filler, hole_of(REGION * 4, 0.5), FEW, drafts.append)
    assert [draft.step for draft in drafts] == list(range(answer.steps + 1))
    assert answer.steps > 3
    for draft in drafts:
        assert len(draft.text) > len(REGION) * 3
        assert all(0 <= piece.certainty <= 1 for piece in draft.pieces)


def test_cancelling_ends_the_work_before_the_next_step(steps_until_cancelled: StepsUntilCancelled):
    assert steps_until_cancelled(hole_of(REGION, 0.5), NEVER_SETTLED) == [0, 1, 2]


def test_when_time_is_up_later_canvases_are_left_as_they_are(filler: Filler):
    late = replace(NEVER_SETTLED, deadline_ms=0.001)
    answer = fill(filler, hole_of(REGION * 4, 1), late)
    assert answer.stopped_by is StopReason.DEADLINE
    assert answer.steps == 1
    assert answer.text.endswith(REGION * 2)


def test_a_told_length_is_refused(filler: Filler):
    with pytest.raises(BadOptionsError, match="keeps the region's own length"):
        fill(filler, hole_of(REGION, 0.5), InfillOptions(length=3))


def test_a_model_without_turns_says_that_it_reads_no_instruction(filler: Filler):
    told = Rewrite(REGION, 0.5, instruction="Add types.")
    answer = fill(filler, Hole(PREFIX, SUFFIX, rewrite=told), FEW)
    assert answer.note.endswith("reads no instructions; it rewrote without.")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [([], [1], 1), ([1, 2, 3], [1, 2, 3], 0), ([1, 2, 3], [1, 9, 3], 1), ([1, 2], [2, 1], 1),
     ([1, 2, 3], [1, 3], 1), ([1, 3], [1, 2, 3], 1), ([1, 2, 3, 4], [9, 1, 2, 3], 1)],
)  # fmt: skip
def test_changed_tokens_are_counted(before: list[int], after: list[int], expected: int):
    assert changed_tokens(before, after) == expected


@pytest.fixture(scope="module")
def embedded() -> Model:
    return load_model()


CODE_WITH_SLIP = "    for item in items:\n        totla += item\n    return total"


def test_the_model_that_ships_finds_a_slip_least_likely(embedded: Model):
    hole = Hole("def count(items):\n    total = 0\n", "\n", rewrite=Rewrite(CODE_WITH_SLIP, 0.2))
    reader = Reader(embedded)
    stretch = lay_stretch(hole, CODE_WITH_SLIP, whole(CODE_WITH_SLIP), reader)
    found = sorted(likelihoods(stretch, reader, 0), key=lambda each: each[1])
    worst = [CODE_WITH_SLIP[word.span.start : word.span.end].strip() for word, _ in found[:2]]
    assert "totla" in worst


def test_the_model_that_ships_touches_up_and_repairs(embedded: Model):
    infiller = LocalInfiller()
    for freed in Freed:
        hole = Hole(
            "def count(items):\n    total = 0\n", "\n", rewrite=Rewrite(CODE_WITH_SLIP, 0.2, freed)
        )
        answer = infiller.fill_now(hole)
        tokens = [embedded.encode(text) for text in (CODE_WITH_SLIP, answer.text)]
        assert changed_tokens(*tokens) <= len(tokens[0]) / 5
