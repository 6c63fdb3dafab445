"""Judging: a hole and what the canvases say in, candidates out, best first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
import torch

from mezzotint_infill.candidates import Filling, judge, shortlist
from mezzotint_infill.canvas import lay_out
from mezzotint_infill.denoise import Step
from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_infill.model import Model
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.prompt_lookup import Copy


@dataclass
class Table:
    """A scorer that knows its favourites; everything else is worth -9. Remembers its questions."""

    scores_of: dict[str, float] = field(default_factory=dict[str, float])
    asked: list[list[str]] = field(default_factory=list[list[str]])

    def scores(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        self.asked.append(list(texts))
        return [self.scores_of.get(text, -9.0) for text in texts]

    def glances(
        self, model: Model, prefix: PrefixCache, prompt: Prompt, texts: Sequence[str]
    ) -> list[float]:
        return self.scores(model, prefix, prompt, texts)


Start = Callable[..., tuple[Filling, Step]]


@pytest.fixture
def start(tiny_model: Model) -> Start:
    """A hole as ``prefix‸suffix``, and a step at which these are the candidates' drafts."""

    def make(
        marked: str, *drafts: str | list[int], out: Sequence[int] = (), number: int = 5
    ) -> tuple[Filling, Step]:
        prefix, _, suffix = marked.partition("‸")
        hole = Hole(prefix, suffix)
        prompt = Filler(tiny_model).prompt(hole)
        around = prompt.seams.around
        rows = [tiny_model.encode(around(one)) if isinstance(one, str) else one for one in drafts]
        canvas = lay_out(prompt, [len(row) for row in rows], tiny_model.canvas_length)
        best = torch.zeros_like(canvas.slots)
        for place, row in enumerate(rows):
            best[place, : len(row)] = torch.tensor(row)
        is_out = torch.zeros(len(rows), dtype=torch.bool)
        is_out[list(out)] = True
        step = Step(number, best, 0.5 * canvas.is_slot, is_out.clone(), is_out)
        return Filling(hole, tiny_model, tiny_model.read(prompt.encoded), prompt, canvas), step

    return make


def check(start: Start, marked: str, drafts: list[str], *expected: str, **scores: float) -> None:
    found = judge(*start(marked, *drafts), Table(scores))
    assert [candidate.text for candidate in found] == list(expected)


def test_the_best_score_comes_first(start: Start):
    check(start, "x = ‸\n", ["a", "b", "c"], "b", "c", "a", a=-3.0, b=-1.0, c=-2.0)


def test_a_fill_that_breaks_the_code_comes_after_all_that_do_not(start: Start):
    filling, step = start("x = f(‸)\n", "a b", "c", "d")
    found = judge(filling, step, Table({"a b": -1.0, "d": -2.0, "c": -3.0}))
    assert [candidate.text for candidate in found] == ["d", "c", "a b"]


def test_a_fill_that_breaks_the_code_can_be_left_out_altogether(start: Start):
    filling, step = start("x = f(‸)\n", "a b", "c")
    found = judge(filling, step, Table({"a b": -1.0}), only_valid=True)
    assert [candidate.text for candidate in found] == ["c"]
    filling, step = start("x = f(‸)\n", "a b")
    assert judge(filling, step, Table(), only_valid=True) == []


def test_a_fill_that_lacks_a_bracket_gets_it_and_is_judged_with_it(start: Start):
    filling, step = start("x = f(‸\ny = 1\n", "a", "b c d")
    found = judge(filling, step, Table({"a)": -2.0, "a": -1.0}), only_valid=True)
    assert [(candidate.text, candidate.score) for candidate in found] == [("a)", -2.0)]


def test_a_fill_that_leaves_the_code_as_broken_as_it_was_is_left_out_where_code_could_stand(
    start: Start,
):
    filling, step = start("from a import‸\n", " import", " b")
    found = judge(filling, step, Table({" import": -1.0, " b": -2.0}))
    assert [candidate.text for candidate in found] == [" b", " import"]
    filling, step = start("from a import‸\n", " import")
    assert judge(filling, step, Table(), only_valid=True) == []


def test_code_that_is_broken_around_the_hole_is_no_fault_of_the_fill(start: Start):
    check(start, "def (:\nx = ‸\n", ["a", "b"], "b", "a", a=-3.0, b=-1.0)


def test_equal_fills_are_one_candidate_with_the_fewest_tokens(start: Start):
    filling, step = start("x = f(‸)\n", "a)", "a", "a)\n")
    found = judge(filling, step, Table())
    assert [(candidate.text, candidate.tokens) for candidate in found] == [("a", 1)]


def test_code_from_places_like_the_hole_is_judged_with_the_fills(start: Start):
    filling, step = start("x = f(‸)\n", "a")
    copied = replace(filling, copies=(Copy("b, c)", 20), Copy("  ", 30)))
    found = judge(copied, step, Table({"a": -2.0, "b, c": -3.0}))
    assert [(one.text, one.score) for one in found] == [("b, c", -1.0), ("a", -2.0)]
    assert found[0].tokens == len(filling.model.encode("b, c"))


def test_a_fill_that_is_such_code_as_well_gains_by_it(start: Start):
    filling, step = start("x = f(‸)\n", "a", "b")
    copied = replace(filling, copies=(Copy("b", 15),))
    found = judge(copied, step, Table({"a": -2.0, "b": -3.0}))
    assert [(one.text, one.score) for one in found] == [("b", -1.5), ("a", -2.0)]


def test_a_line_that_is_there_already_is_no_good_fill(start: Start):
    check(start, "import a\nimport ‸\n", ["a", "b"], "b", "a", a=-1.0, b=-3.0)
    filling, step = start("import ‸\nimport a\n", "b")
    found = judge(replace(filling, copies=(Copy("a", 40),)), step, Table())
    assert [one.text for one in found] == ["b"]


def test_more_agreement_than_enough_is_worth_no_more(start: Start):
    filling, step = start("x = f(‸)\n", "a")
    (one, _) = judge(replace(filling, copies=(Copy("b", 80),)), step, Table())
    assert (one.text, one.score) == ("b", -5.0)


def test_code_from_places_like_the_hole_that_breaks_the_file_is_no_better_than_other(start: Start):
    filling, step = start("x = f(‸)\n", "a")
    copied = replace(filling, copies=(Copy("b c", 40),))
    assert [one.text for one in judge(copied, step, Table(), only_valid=True)] == ["a"]


def test_copies_of_the_suffix_are_trimmed_before_anything_is_judged(start: Start):
    check(start, "x = f(‸)\n", ["b)", "a"], "b", "a", a=-3.0, b=-1.0)


def test_whitespace_is_no_fill(start: Start):
    check(start, "x = ‸\n", ["  ", "\n", "\t", "a"], "a")


def test_blanks_at_the_end_of_a_line_are_dropped_and_kept_before_code(start: Start):
    check(start, "x = ‸\n", ["a  "], "a")
    check(start, "x = ‸", ["a  "], "a")
    check(start, "x = ‸b()\n", ["await "], "await ")


def test_half_a_character_is_no_fill(start: Start, tiny_model: Model):
    whole = tiny_model.encode("é")
    assert len(whole) == 2
    filling, step = start("x = '‸'\n", whole[:1], whole)
    assert [candidate.text for candidate in judge(filling, step, Table())] == ["é"]


def test_candidates_that_were_left_behind_are_not_judged(start: Start):
    filling, step = start("x = ‸\n", "a", "b", "c", out=[1])
    assert {candidate.text for candidate in judge(filling, step, Table())} == {"a", "c"}


def test_nothing_good_is_no_candidate(start: Start):
    check(start, "x = f(‸)\n", [")", " "])


def test_the_shortlist_holds_the_best_drafts(start: Start):
    filling, step = start("x = ‸\n", "a", "b", "c", "d")
    table = Table({"b": -1.0, "d": -2.0, "a": -3.0, "c": -4.0})
    assert shortlist(filling, step, table, 2).tolist() == [False, True, False, True]
    assert shortlist(filling, step, table, 9).tolist() == [True] * 4


def test_no_draft_is_judged_twice_in_one_survey(start: Start):
    filling, step = start("x = ‸\n", "a", "b", "a")
    table = Table({"a": -1.0})
    assert shortlist(filling, step, table, 2).tolist() == [True, False, True]
    assert table.asked == [["a", "b"]]


def test_the_draft_is_the_surest_candidates(start: Start):
    filling, step = start("x = ‸\n", "a", "foo(1)", "c")
    step.entropy[1] *= 0.1
    draft = filling.draft(step)
    assert (draft.step, draft.text) == (5, "foo(1)")
    assert [piece.certainty for piece in draft.pieces] == pytest.approx(
        [0.951229] * len(draft.pieces)
    )


def test_a_candidate_that_was_left_behind_is_no_draft(start: Start):
    filling, step = start("x = ‸\n", "a", "foo(1)", "c", out=[1, 2])
    step.entropy[1] *= 0.1
    assert filling.draft(step).text == "a"


def test_a_name_from_nowhere_comes_after_what_is_known(start: Start):
    filling, step = start("y = 1\nx = ‸\n", "z", "y")
    found = judge(filling, step, Table({"z": -1.0, "y": -2.0}))
    assert [candidate.text for candidate in found] == ["y", "z"]


def test_a_block_ends_where_it_leaves_its_own_or_has_all_its_lines(start: Start):
    filling, step = start("def f():\n    ‸\n\ng()\n", "a\n    b\n    c\nd")
    block = replace(filling, hole=replace(filling.hole, kind=HoleKind.BLOCK))
    short = replace(block, hole=replace(block.hole, lines=2))
    assert [candidate.text for candidate in judge(block, step, Table())] == ["a\n    b\n    c"]
    assert [candidate.text for candidate in judge(short, step, Table())] == ["a\n    b"]


def test_a_region_goes_as_far_as_it_likes(start: Start):
    check(start, "def f():\n    ‸\n\ng()\n", ["a\nb"], "a\nb")


@pytest.mark.parametrize(
    ("marked", "fill", "is_left_out"),
    [
        ("x = f(‸)\n", "a", False),
        ("x = f(‸)\n", "a b", True),
        ("@f\n‸\n    return 1\n", "try:", True),
        ("if x:\n    ‸\nelse:\n    pass\n", "y", False),
        ("x = = 1\n\n\ndef f():\n    y = ‸\n", "a", False),
        ("x = = 1\n\n\ndef f():\n    y = ‸\n", "a +", True),
    ],
)
def test_a_fill_is_to_blame_for_what_some_simple_text_would_not_break(
    start: Start, marked: str, fill: str, is_left_out: bool
):
    found = judge(*start(marked, fill), Table(), only_valid=True)
    assert [candidate.text for candidate in found] == ([] if is_left_out else [fill])
