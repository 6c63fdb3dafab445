"""HumanEval-Infilling: reads its published files, fills their rows, runs their tests.

The files are the benchmark's own (openai/human-eval-infilling); this project ships none of them
and trains on none of them. What a row's code does, ``sandbox`` keeps in.
"""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median
from typing import Any

from mezzotint_infill.errors import BadHoleError, BadOptionsError, InfillError
from mezzotint_infill.evaluation.holes import MeasuredInfiller
from mezzotint_infill.evaluation.interval import Estimate, mean
from mezzotint_infill.evaluation.sandbox import Outcome, run
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_infill.options import InfillOptions

TIMEOUT_S = 3.0
"""The benchmark's own limit for a row."""

_KINDS = {
    "SingleLineInfilling": HoleKind.LINE,
    "MultiLineInfilling": HoleKind.BLOCK,
}
"""The sets whose holes are whole lines by definition; all others are a stretch of any shape."""
_FUNCTION = re.compile(r"HumanEval/\d+")


class BadBenchmarkError(InfillError):
    """The file is not one of the benchmark's."""

    code = "bad-benchmark"


@dataclass(frozen=True, slots=True)
class Row:
    """One hole of the benchmark, the names as in its files but for ``prefix`` and ``middle``."""

    task_id: str
    entry_point: str
    prefix: str
    middle: str
    suffix: str
    test: str

    @property
    def function(self) -> str:
        """Which of the 164 functions it was cut from: rows of one are not independent."""
        found = _FUNCTION.search(self.task_id)
        return found[0] if found else self.task_id

    @property
    def hole(self) -> Hole:
        """The row as an editor would have it.

        A hole of whole lines has its last line break after it, not in it (see ``HoleKind.LINE``).
        """
        suffix = f"\n{self.suffix}" if self._wants_line_break else self.suffix
        return Hole(self.prefix, suffix, "python", self._kind)

    @property
    def text(self) -> str:
        """What a right fill of ``hole`` is."""
        return self.middle.removesuffix("\n") if self._wants_line_break else self.middle

    def program(self, fill: str) -> str:
        """What the benchmark runs."""
        completion = f"{fill}\n" if self._wants_line_break else fill
        body = self.prefix + completion + self.suffix
        return f"{body}\n{self.test}\ncheck({self.entry_point})"

    @property
    def _kind(self) -> HoleKind:
        return _KINDS.get(self.task_id.partition("/")[0], HoleKind.REGION)

    @property
    def _wants_line_break(self) -> bool:
        return self._kind is not HoleKind.REGION


@dataclass(frozen=True, slots=True)
class Answer:
    """A row and what was put into its hole."""

    row: Row
    fill: str
    is_refused: bool = False
    """The model cannot take this hole, such as one that is longer than its canvas."""
    steps: int = 0
    ms: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Equal to the truth; white space at the end is not compared where the line ends."""
        if self.row.hole.kind is HoleKind.REGION:
            return self.fill == self.row.text
        return self.fill.rstrip() == self.row.text.rstrip()


@dataclass(frozen=True, slots=True)
class Score:
    """How the answers to all rows did; intervals are by function, not by row."""

    rows: int
    functions: int
    pass_at_1: Estimate
    exact: Estimate
    failed: int
    timed_out: int
    refused: int
    """Rows the model could not take; they count as they run with nothing in the hole."""
    mean_steps: float
    mean_ms: float
    median_ms: float


def read_rows(path: Path) -> list[Row]:
    """All rows of a published file, compressed or not.

    Raises :class:`BadBenchmarkError`.
    """
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            rows = [_row(json.loads(line)) for line in lines if line.strip()]
    except OSError as error:
        raise BadBenchmarkError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise BadBenchmarkError(f"{path} is not a file of HumanEval-Infilling.") from error
    if not rows:
        raise BadBenchmarkError(f"{path} has no rows.")
    return rows


def spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """At most ``limit`` rows, evenly from first to last, so that as many functions are in it."""
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[place * len(rows) // limit] for place in range(limit)]


def fill_rows(
    infiller: MeasuredInfiller, rows: Iterable[Row], options: InfillOptions, *, is_length_told: bool
) -> Iterator[Answer]:
    """Fill one row after another, each once."""
    for row in rows:
        length = infiller.token_count(row.hole, row.text) if is_length_told else None
        started = time.perf_counter()
        try:
            fill = infiller.fill_now(row.hole, replace(options, length=length))
        except (BadHoleError, BadOptionsError):
            yield Answer(row, "", is_refused=True)
            continue
        ms = (time.perf_counter() - started) * 1000
        yield Answer(row, fill.text, steps=fill.steps, ms=ms)


def gold(rows: Iterable[Row]) -> Iterator[Answer]:
    """Answer every row with the truth: whatever then does not pass, the harness is to blame for."""
    return (Answer(row, row.text) for row in rows)


def score(
    answers: Iterable[Answer], *, jobs: int, on_row: Callable[[], object] = lambda: None
) -> Score:
    """Run every row's tests, each in a fresh process, ``jobs`` at once, while answers still come.

    ``on_row`` is called after each, from any thread. **Runs code that a model has written.**
    """
    taken: list[Answer] = []
    running: list[Future[Outcome]] = []
    with ThreadPoolExecutor(jobs) as pool:
        for answer in answers:
            future = pool.submit(run, answer.row.program(answer.fill), timeout_s=TIMEOUT_S)
            future.add_done_callback(lambda _: on_row())
            taken.append(answer)
            running.append(future)
    return _score(taken, [future.result() for future in running])


def _score(answers: Sequence[Answer], outcomes: Sequence[Outcome]) -> Score:
    functions = [answer.row.function for answer in answers]
    return Score(
        rows=len(answers),
        functions=len(set(functions)),
        pass_at_1=mean([outcome is Outcome.PASSED for outcome in outcomes], functions),
        exact=mean([answer.is_exact for answer in answers], functions),
        failed=outcomes.count(Outcome.FAILED),
        timed_out=outcomes.count(Outcome.TIMED_OUT),
        refused=sum(answer.is_refused for answer in answers),
        mean_steps=fmean(answer.steps for answer in answers),
        mean_ms=fmean(answer.ms for answer in answers),
        median_ms=median(answer.ms for answer in answers),
    )


def _row(fields: dict[str, Any]) -> Row:
    return Row(
        task_id=fields["task_id"],
        entry_point=fields["entry_point"],
        prefix=fields["prompt"],
        middle=fields["canonical_solution"],
        suffix=fields["suffix"],
        test=fields["test"],
    )
