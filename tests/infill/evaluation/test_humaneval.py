"""HumanEval-Infilling on rows of our own making, in the benchmark's format."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mezzotint_infill.errors import BadOptionsError
from mezzotint_infill.evaluation.humaneval import (
    Answer,
    BadBenchmarkError,
    Row,
    fill_rows,
    gold,
    read_rows,
    score,
    spread,
)
from mezzotint_infill.hole import Fill, Hole, HoleKind, StopReason
from mezzotint_infill.options import InfillOptions

PUBLISHED = {
    "task_id": "SingleLineInfilling/HumanEval/7/L1",
    "entry_point": "double",
    "prompt": "def double(number):\n    twice = 2\n",
    "suffix": "    return number * twice\n",
    "canonical_solution": "    twice = 1 + 1\n",
    "test": "\n\ndef check(candidate):\n    assert candidate(3) == 6\n",
}
SINGLE_LINE = Row(
    task_id="SingleLineInfilling/HumanEval/7/L1",
    entry_point="double",
    prefix="def double(number):\n    twice = 2\n",
    middle="    twice = 1 + 1\n",
    suffix="    return number * twice\n",
    test="\n\ndef check(candidate):\n    assert candidate(3) == 6\n",
)
SPAN = Row(
    task_id="RandomSpanInfillingLight/HumanEval/8/1",
    entry_point="double",
    prefix="def double(number):\n    ret",
    middle="urn num",
    suffix="ber * 2\n",
    test="\n\ndef check(candidate):\n    assert candidate(3) == 6\n",
)


@dataclass
class SaysOneThing:
    """Fills every hole with the same text, and no hole of more than 20 characters."""

    text: str

    def fill_now(self, hole: Hole, options: InfillOptions) -> Fill:
        if options.length is not None and options.length > 20:
            raise BadOptionsError("length must be at most 20.")
        text = self.text if options.length is None else self.text[: options.length]
        return Fill(text, (), 3, StopReason.SETTLED, len(text), "told", "says one thing")

    def token_count(self, hole: Hole, text: str) -> int:
        return len(text)

    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        return 0.0


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.jsonl"])
def test_published_rows_are_read_compressed_or_not(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = (json.dumps(PUBLISHED) + "\n\n").encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert read_rows(path) == [SINGLE_LINE]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("missing.jsonl", None),
        ("plain.jsonl.gz", b"{}"),
        ("cut_off.jsonl.gz", gzip.compress(b"{}" * 1000)[:20]),
        ("text.jsonl", b"def f(): ...\n"),
        ("bytes.jsonl", b"\xff\xfe\xff"),
        ("other.jsonl", b'{"task_id": "x"}\n'),
        ("list.jsonl", b"[1]\n"),
        ("empty.jsonl", b"\n"),
    ],
)
def test_any_other_file_is_refused_in_one_sentence(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(BadBenchmarkError, match=rf"^[^\n]*{name}[^\n]*\.$"):
        read_rows(tmp_path / name)


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(None, "0123456789"), (10, "0123456789"), (99, "0123456789"), (3, "036"), (1, "0")],
)
def test_a_part_of_the_rows_is_from_all_over_the_file(limit: int | None, kept: str) -> None:
    rows = [replace(SPAN, task_id=str(number)) for number in range(10)]
    assert "".join(row.task_id for row in spread(rows, limit)) == kept


def test_rows_belong_to_the_function_they_were_cut_from() -> None:
    assert SINGLE_LINE.function == "HumanEval/7"
    assert SPAN.function == "HumanEval/8"


def test_a_hole_of_whole_lines_has_its_line_break_behind_it() -> None:
    assert SINGLE_LINE.hole == Hole(
        "def double(number):\n    twice = 2\n",
        "\n    return number * twice\n",
        "python",
        HoleKind.LINE,
    )
    assert SINGLE_LINE.text == "    twice = 1 + 1"


def test_a_span_is_asked_for_as_it_is() -> None:
    assert SPAN.hole == Hole("def double(number):\n    ret", "ber * 2\n", "python", HoleKind.REGION)
    assert SPAN.text == "urn num"


def test_the_truth_passes_every_row() -> None:
    result = score(gold([SINGLE_LINE, SPAN]), jobs=2)
    assert (result.rows, result.functions) == (2, 2)
    assert (result.pass_at_1.value, result.exact.value) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("row", "fill", "passes", "is_exact"),
    [
        (SINGLE_LINE, "    twice = 1 + 1", True, True),
        (SINGLE_LINE, "    twice = 1 + 1  ", True, True),
        (SINGLE_LINE, "    twice = 2", True, False),
        (SINGLE_LINE, "", True, False),
        (SINGLE_LINE, "    twice = 3", False, False),
        (SINGLE_LINE, "  twice = 2", False, False),
        (SINGLE_LINE, "    import os; os._exit(0)", False, False),
        (SINGLE_LINE, "    raise SystemExit(0)", False, False),
        (SINGLE_LINE, "    while True: pass", False, False),
        (SPAN, "urn num", True, True),
        (SPAN, "urn num ", False, False),
        (SPAN, "urn 2 * num", False, False),
    ],
)
def test_a_row_passes_if_its_tests_run_to_their_end(
    row: Row, fill: str, *, passes: bool, is_exact: bool
) -> None:
    result = score([Answer(row, fill)], jobs=1)
    assert result.pass_at_1.value == passes
    assert result.exact.value == is_exact


def test_every_row_is_told_of_and_counted() -> None:
    done: list[int] = []
    answers = [Answer(SINGLE_LINE, "    twice = 2")] * 3 + [Answer(SPAN, "nonsense")]
    result = score(answers, jobs=2, on_row=lambda: done.append(1))
    assert len(done) == 4
    assert result.pass_at_1.value == 0.75
    assert (result.pass_at_1.low, result.pass_at_1.high) == (0.0, 1.0), "two functions only"
    assert (result.failed, result.timed_out) == (1, 0)


def test_an_unknown_length_is_the_infillers_to_find() -> None:
    (answer,) = fill_rows(
        SaysOneThing("urn num + 1"), [SPAN], InfillOptions(), is_length_told=False
    )
    assert (answer.fill, answer.steps) == ("urn num + 1", 3)


def test_a_told_length_is_the_truths() -> None:
    (answer,) = fill_rows(SaysOneThing("urn num + 1"), [SPAN], InfillOptions(), is_length_told=True)
    assert answer.is_exact


def test_a_row_the_model_cannot_take_counts_as_empty() -> None:
    long = Row("x/HumanEval/9", "f", "def f():\n", "    return '" + "x" * 30 + "'\n", "", "")
    (answer,) = fill_rows(SaysOneThing("    pass"), [long], InfillOptions(), is_length_told=True)
    assert answer.is_refused
    assert answer.fill == ""
