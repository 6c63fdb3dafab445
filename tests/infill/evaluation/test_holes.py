"""The conditions that holes are filled under, with infillers whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.holes import STANDARD, Condition, evaluate_holes
from mezzotint_infill.evaluation.interval import Estimate
from mezzotint_infill.evaluation.summary import KindSummary, markdown, summarise
from mezzotint_infill.hole import Fill, Hole, StopReason
from mezzotint_infill.options import InfillOptions

PLAIN = InfillOptions()
CUTS = [
    Cut(CutKind.REST_OF_LINE, "a.py", "a = ", "one", "\nb = 1\n"),
    Cut(CutKind.REST_OF_LINE, "b.py", "a = ", "four", "\nb = 2\n"),
    Cut(CutKind.LINE, "b.py", "", "a = 1", "\nb = 3\n"),
]


@dataclass
class KnowsFiles:
    """Says the truth, cut to its length, where it sees the suffix; else nonsense of that length.

    A token is a character. Left to itself it takes three.
    """

    cuts: Sequence[Cut]
    longest: int = 99
    asked: list[tuple[Hole, InfillOptions]] = field(
        default_factory=list[tuple[Hole, InfillOptions]]
    )

    def fill_now(self, hole: Hole, options: InfillOptions) -> Fill:
        self.asked.append((hole, options))
        truths = [cut.middle for cut in self.cuts if cut.hole == hole]
        length = options.length or 3
        if length > self.longest:
            raise BadHoleError(f"A hole of {length} tokens does not fit.")
        text = (truths[0] if truths else "(((((((")[:length]
        return Fill(text, (), length, StopReason.SETTLED, length, "told", "knows files")

    def token_count(self, hole: Hole, text: str) -> int:
        return len(text)

    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        return len(text) / 10 + (0.0 if hole.suffix else 1.0) + 0 * len(seeds)


def evaluated(conditions: Sequence[Condition] = STANDARD) -> list[KindSummary]:
    evaluation = evaluate_holes(
        KnowsFiles(CUTS), CUTS, conditions=conditions, max_tokens=9, options=PLAIN
    )
    return list(summarise(evaluation))


def shares(kind: KindSummary) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {
        row.condition: (row.exact.value, row.broken.value, row.mean_steps)
        for row in kind.conditions
    }


def test_every_kind_is_measured_under_every_condition() -> None:
    rest, line = evaluated()
    assert (rest.kind, rest.holes, rest.files) == ("rest of a line", 2, 2)
    assert (line.kind, line.holes, line.files) == ("line", 1, 1)
    assert shares(rest) == {
        "told length": (1.0, 0.0, 3.5),
        "unknown length": (0.5, 0.0, 3.0),
        "told length, no suffix": (0.0, 1.0, 3.5),
        "unknown length, no suffix": (0.0, 1.0, 3.0),
    }


def test_similarity_is_shared_out_over_holes() -> None:
    similarity = evaluated()[0].conditions[1].similarity
    assert similarity == Estimate(0.875, 0.75, 1.0), "one hole equal, one of four letters short"


def test_what_the_suffix_and_the_length_are_worth_is_told() -> None:
    rest, _ = evaluated()
    assert rest.length_recovery.value == 0.5
    assert rest.suffix_ratio_told.value is None, "there is no exact match without the suffix"
    assert round(rest.loss.with_suffix.value or 0, 9) == 0.35
    assert round(rest.loss.gain.value or 0, 9) == 1.0


def test_fixed_lengths_are_given_as_they_are() -> None:
    fixed = [Condition(3), Condition(4)]
    rest, _ = evaluated(fixed)
    assert shares(rest) == {"3 tokens": (0.5, 0.0, 3.0), "4 tokens": (1.0, 0.0, 4.0)}
    assert rest.length_recovery == Estimate(None, None, None)


def test_without_its_suffix_a_hole_is_the_same_kind_of_hole() -> None:
    infiller = KnowsFiles(CUTS)
    evaluate_holes(infiller, CUTS[:1], max_tokens=9, options=InfillOptions(seed=5))
    assert {(hole.prefix, hole.suffix, hole.kind) for hole, _ in infiller.asked} == {
        ("a = ", "\nb = 1\n", CUTS[0].hole.kind),
        ("a = ", "", CUTS[0].hole.kind),
    }
    assert [options.length for _, options in infiller.asked] == [3, None, 3, None]
    assert {options.seed for _, options in infiller.asked} == {5}


@pytest.mark.parametrize(("longest", "max_tokens"), [(99, 3), (3, 99)])
def test_holes_too_long_for_the_caller_or_the_model_are_left_out_and_counted(
    longest: int, max_tokens: int
) -> None:
    evaluation = evaluate_holes(
        KnowsFiles(CUTS, longest), CUTS, max_tokens=max_tokens, options=PLAIN
    )
    assert len(evaluation.attempts) == len(STANDARD)
    assert set(evaluation.left_out) == set(CUTS[1:])
    (rest,) = summarise(evaluation)
    assert (rest.holes, rest.left_out) == (1, 1)


def test_every_hole_is_told_of() -> None:
    done: list[int] = []
    evaluate_holes(
        KnowsFiles(CUTS), CUTS, max_tokens=3, options=PLAIN, on_hole=lambda: done.append(1)
    )
    assert len(done) == len(CUTS)


def test_the_model_card_gets_a_row_for_each_kind_and_condition() -> None:
    lines = markdown(evaluated()).splitlines()
    assert len({line.count("|") for line in lines[:10]}) == 1
    assert lines[2].startswith(
        "| rest of a line | told length | 2 | 0 | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) "
        "| 0.0 (0.0 to 0.0) | 3.5 |"
    )
    assert "| rest of a line | 0.35 (0.30 to 0.40) |" in lines[-2]
    assert "| – |" in lines[-2]
