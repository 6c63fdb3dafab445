"""Where holes are cut. In the tables ``‸`` stands at both ends of a hole."""

from pathlib import Path
from random import Random

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill.evaluation.cuts import Cut, CutKind, cut_source
from mezzotint_infill.evaluation.source import Source
from mezzotint_infill.hole import HoleKind

REAL_FILES = sorted(Path(typer.__file__).parent.rglob("*.py"))
LICENCE = "# Copyright 2026 Somebody\n# Licensed under something\n\n"
PYTHON_LIKE = st.text(alphabet=list("abc_1 .,:=()[]{}\"'#\\\n\r\té‸"))


def all_cuts(kind: CutKind, text: str) -> list[Cut]:
    """What many seeds find in a short text."""
    source = Source(text)
    return [cut for seed in range(400) if (cut := cut_source(source, kind, Random(seed)))]


def check(kind: CutKind, text: str, *expected: str) -> None:
    """The holes of a kind in a text are these, no more and no less."""
    found = {f"{cut.prefix}‸{cut.middle}‸{cut.suffix}" for cut in all_cuts(kind, text)}
    assert found == set(expected)


@given(st.sampled_from(REAL_FILES), st.sampled_from(CutKind), st.integers(0, 2**32))
def test_a_cut_of_a_real_file_leaves_every_character_where_it_was(
    path: Path, kind: CutKind, seed: int
) -> None:
    text = path.read_bytes().decode()
    cut = cut_source(Source(text), kind, Random(seed), path=path.name)
    if cut is not None:
        assert cut.prefix + cut.middle + cut.suffix == text
        assert not set(cut.middle) <= set(" \t\r\n)]},:;'\"")
        assert cut == cut_source(Source(text), kind, Random(seed), path=path.name)


@given(PYTHON_LIKE, st.sampled_from(CutKind), st.integers(0, 2**32))
def test_text_that_is_no_python_is_cut_without_losing_a_character(
    text: str, kind: CutKind, seed: int
) -> None:
    cut = cut_source(Source(text), kind, Random(seed))
    assert cut is None or cut.text == text


@given(st.sampled_from(REAL_FILES), st.integers(0, 2**32))
def test_a_hole_within_a_line_has_no_line_break(path: Path, seed: int) -> None:
    source = Source(path.read_bytes().decode())
    for kind in CutKind:
        cut = cut_source(source, kind, Random(seed))
        if cut is not None and cut.hole.kind.is_within_line:
            assert "\n" not in cut.middle


def test_the_rest_of_a_line_begins_behind_some_code() -> None:
    check(
        CutKind.REST_OF_LINE,
        "    a = b.c\n",
        "    a‸ = b.c‸\n",
        "    a ‸= b.c‸\n",
        "    a =‸ b.c‸\n",
        "    a = ‸b.c‸\n",
        "    a = b‸.c‸\n",
        "    a = b.‸c‸\n",
    )


def test_most_rests_of_lines_begin_where_people_pause() -> None:
    text = "return something.where(value_of_it, other=nothing)\n"
    pauses = {"return", "return ", "return something.", "return something.where("}
    pauses |= {"return something.where(value_of_it, "}
    pauses |= {"return something.where(value_of_it, other="}
    cuts = all_cuts(CutKind.REST_OF_LINE, text)
    assert sum(cut.prefix in pauses for cut in cuts) > 0.7 * len(cuts)


def test_a_line_keeps_its_line_break_and_mostly_its_indentation() -> None:
    check(
        CutKind.LINE,
        "if a:\n    b()\n",
        "‸if a:‸\n    b()\n",
        "if a:\n    ‸b()‸\n",
        "if a:\n‸    b()‸\n",
    )
    cuts = [cut for cut in all_cuts(CutKind.LINE, "if a:\n    b()\n") if "b" in cut.middle]
    assert sum(cut.middle == "b()" for cut in cuts) > len(cuts) / 2


def test_carriage_returns_stay_with_the_line_break() -> None:
    check(CutKind.LINE, "a = 1\r\nb = 2\r\n", "‸a = 1‸\r\nb = 2\r\n", "a = 1\r\n‸b = 2‸\r\n")


def test_a_block_is_whole_statements_at_one_indentation() -> None:
    condition = "if d:\n        e()\n        g()"
    text = f"def f(a,\n      b):\n    c()\n    {condition}\n\n    h()\n    i()\nj()\n"
    found = {cut.middle.strip() for cut in all_cuts(CutKind.BLOCK, text)}
    assert found == {
        f"c()\n    {condition}",
        f"c()\n    {condition}\n\n    h()",
        condition,
        f"{condition}\n\n    h()",
        f"{condition}\n\n    h()\n    i()",
        "e()\n        g()",
        "h()\n    i()",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call(\n    a,\n    b,\n)\n", {"call(\n    a,\n    b,\n)"}),
        ("a = b + \\\nc\nd()\n", {"a = b + \\\nc", "a = b + \\\nc\nd()"}),
        ("a()\n", set[str]()),
    ],
)
def test_a_block_never_begins_or_ends_inside_a_statement(text: str, expected: set[str]) -> None:
    assert {cut.middle for cut in all_cuts(CutKind.BLOCK, text)} == expected


def test_a_hole_inside_a_word_begins_there_and_ends_in_its_line() -> None:
    check(
        CutKind.WORD,
        "abc = d\n",
        "a‸bc‸ = d\n",
        "ab‸c‸ = d\n",
        "a‸bc =‸ d\n",
        "ab‸c =‸ d\n",
    )


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (CutKind.REST_OF_LINE, "ab\n", HoleKind.REST_OF_LINE),
        (CutKind.LINE, "ab\n", HoleKind.LINE),
        (CutKind.BLOCK, "a\nb\n", HoleKind.BLOCK),
        (CutKind.WORD, "abc\n", HoleKind.REST_OF_LINE),
        (CutKind.WORD, "abc  \n", HoleKind.REST_OF_LINE),
        (CutKind.WORD, "abc)\n", HoleKind.PART_OF_LINE),
        (CutKind.SPAN, "abcd\nefgh\n", HoleKind.REGION),
    ],
)
def test_a_cut_asks_for_what_an_editor_would(kind: CutKind, text: str, expected: HoleKind) -> None:
    cuts = all_cuts(kind, text)
    assert {cut.hole.kind for cut in cuts} == {expected}
    assert {cut.hole.language for cut in cuts} == {"python"}


def test_spans_cross_lines_and_have_all_lengths() -> None:
    text = "".join(f"name_{number} = call({number})\n" for number in range(60))
    cuts = all_cuts(CutKind.SPAN, text)
    lengths = [len(cut.middle) for cut in cuts]
    assert min(lengths) < 8
    assert 150 < max(lengths) <= 200
    assert any("\n" in cut.middle for cut in cuts)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("\n  \n\n", id="white space"),
        pytest.param(LICENCE, id="the comments a file begins with"),
        pytest.param('"""Some prose\nover lines\n"""\n', id="a string over several lines"),
        pytest.param("))\n]\n},\n", id="closers"),
        pytest.param(f"a = {'1 + ' * 60}1\n", id="a very long line"),
        pytest.param("[\n" + "    1, 2, 'three', None,\n" * 20 + "]\n", id="a table of literals"),
    ],
)
@pytest.mark.parametrize("kind", [CutKind.LINE, CutKind.REST_OF_LINE, CutKind.BLOCK, CutKind.SPAN])
def test_nothing_is_cut_where_nobody_types_code(kind: CutKind, text: str) -> None:
    middles = {cut.middle.strip() for cut in all_cuts(kind, text)}
    assert middles <= {"["}


def test_code_behind_a_licence_and_prose_is_cut() -> None:
    text = f'{LICENCE}"""Some prose\nover lines\n"""\nimport a\n'
    assert {cut.middle for cut in all_cuts(CutKind.LINE, text)} == {"import a"}


def test_short_tables_are_code() -> None:
    assert "1, 2," in {
        cut.middle for cut in all_cuts(CutKind.LINE, "a = [\n" + "    1, 2,\n" * 3 + "]\n")
    }
