"""The benchmark's own parts: what is timed, and how times are summed up. Times are not judged."""

import json
from pathlib import Path

import pytest

from mezzotint_infill.errors import BadHoleError, EngineUnavailableError
from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_server.benchmark.cold import FailedFillError, cold_fills, file_of_300_lines
from mezzotint_server.benchmark.waits import Waits
from mezzotint_server.benchmark.warm import warm_requests


def cut(prefix: str, middle: str, suffix: str) -> Cut:
    return Cut(CutKind.REST_OF_LINE, "a.py", prefix, middle, suffix)


def test_waits_have_a_median_and_a_95th_percentile() -> None:
    waits = Waits(tuple(float(ms) for ms in range(101)))
    assert (waits.median, waits.p95) == (50.0, 95.0)
    assert (Waits((7.0,)).median, Waits((7.0,)).p95) == (7.0, 7.0)


def test_the_cold_file_has_300_lines_and_the_hole_where_it_was() -> None:
    cuts = [cut("\n" * 260 + "x = ", "1", "\n"), cut("import os\ny = ", "2", "\n" * 80)] * 5
    text, line, column = file_of_300_lines(cuts)
    assert text.count("\n") == 299
    assert (line, column) == (2, 5)
    assert text.startswith("import os\ny = \n")


def test_files_with_holes_too_far_down_are_no_use() -> None:
    with pytest.raises(BadHoleError):
        file_of_300_lines([cut("\n" * 260 + "x = ", "1", "\n")])


def test_a_fill_that_fails_ends_the_benchmark_with_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(FailedFillError, match=r"There is no model in .*config\.json"):
        cold_fills([cut("x = ", "1", "\n")], str(tmp_path), 1)


def test_suggestions_are_timed_through_a_real_server(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"answers": {"größe =": "12"}}))
    cuts = [cut("# 𝒳\n    größe =", " 1", "\n"), cut("y = ", "2", "\n")]
    waits, suggested = warm_requests(cuts, f"scripted:{script}")
    assert len(waits.ms) == 2
    assert suggested == 1


def test_a_model_that_does_not_load_ends_the_benchmark(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text("not a script")
    with pytest.raises(EngineUnavailableError, match="could not load"):
        warm_requests([cut("x = ", "1", "\n")], f"scripted:{script}")
