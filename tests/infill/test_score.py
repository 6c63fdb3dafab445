"""Scores of texts in a hole: exact likelihoods, whatever else is in the batch."""

import math

import pytest

from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Hole
from mezzotint_infill.model import Model
from mezzotint_infill.score import SUFFIX_CHARACTERS, CausalLikelihood, near_suffix


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("", ""),
        (")\nreturn x\n", ")"),
        ("\n    return x\n", "\n    return x"),
        ("\n\n\ndef f():\n    pass\n", "\n\n\ndef f():"),
        ("  \n\n", "  \n\n"),
        ("x" * 200, "x" * SUFFIX_CHARACTERS),
        ("\n" * 200, "\n" * SUFFIX_CHARACTERS),
    ],
)
def test_the_near_suffix_ends_with_its_first_line_that_says_something(suffix: str, expected: str):
    assert near_suffix(suffix) == expected


def scores(model: Model, hole: Hole, *texts: str) -> list[float]:
    prompt = Filler(model).prompt(hole)
    prefix = model.read(prompt.encoded)
    return CausalLikelihood().scores(model, prefix, prompt, texts)


def test_a_score_does_not_depend_on_the_other_texts(tiny_model: Model):
    hole = Hole("def f():\n    retu", "\n\n\nf()\n")
    texts = ["rn left", "", "rn add(left, right) + 1", "x"]
    together = scores(tiny_model, hole, *texts)
    alone = [scores(tiny_model, hole, text)[0] for text in texts]
    assert together == pytest.approx(alone, abs=1e-4)
    assert len(set(together)) == len(texts)
    assert all(score < 0 for score in together)


def test_a_score_is_the_log_likelihood_over_the_root_of_the_tokens(tiny_model: Model):
    hole = Hole("def f():\n    retu", "\n")
    prompt = Filler(tiny_model).prompt(hole)
    tokens = tiny_model.encode("return left\n")
    given = tiny_model.log_likelihoods(tiny_model.read(prompt.encoded), [tokens])
    found = scores(tiny_model, hole, "rn left")
    assert found == pytest.approx([given[0] / math.sqrt(len(tokens))], rel=1e-5)


def test_nothing_with_nothing_around_it_is_the_worst(tiny_model: Model):
    assert scores(tiny_model, Hole("", ""), "", "x")[0] == -math.inf


def test_a_glance_sees_less_of_the_suffix(tiny_model: Model):
    def both(suffix: str) -> tuple[list[float], list[float]]:
        prompt = Filler(tiny_model).prompt(Hole("def f():\n    retu", suffix))
        judging = (tiny_model, tiny_model.read(prompt.encoded), prompt, ["rn left", "x"])
        return CausalLikelihood().scores(*judging), CausalLikelihood().glances(*judging)

    scores, glances = both(" + left + right")
    others, same = both(" + left + rig()")
    assert glances == pytest.approx(same, abs=1e-4)
    assert scores != pytest.approx(others, abs=1e-4)
    assert both(" + left")[0] == pytest.approx(both(" + left")[1], abs=1e-4)
