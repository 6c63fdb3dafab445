"""``mezzotint bench context``: what it prints. Times are not judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from mezzotint_server.cli import bench_context


def test_programs_get_the_waits_of_each_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Any
) -> None:
    (tmp_path / "area.py").write_text("def area(r):\n    return r * r\n", "utf-8")
    monkeypatch.setattr(bench_context, "SIZES", (20, 60))
    monkeypatch.setattr(bench_context, "PAUSES", 1)
    shown = run("bench", "context", "--json", "--keys", "10", "--from", str(tmp_path))
    answer = json.loads(shown.stdout)
    small, large = answer["files"]

    assert list(small) == ["lines", "keystrokes", "median_ms", "p95_ms", "after_pauses"]
    assert (small["lines"], large["lines"]) == (20, 60)
    assert small["keystrokes"] == 10
    assert 0 < small["median_ms"] <= small["p95_ms"]
    assert small["after_pauses"]["keystrokes"] == 10
    assert 0 < small["after_pauses"]["median_ms"] <= small["after_pauses"]["p95_ms"]
    assert answer["index"]["files"] == 1
    first, second, third = answer["index"]["runs"]
    assert min(first, second, third) <= answer["index"]["seconds"] <= max(first, second, third)


def test_people_see_how_long_another_folder_takes_to_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Any
) -> None:
    for name in ("typed/a.py", "work/b.py", "work/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("def area(r):\n    return r * r\n", "utf-8")
    monkeypatch.setattr(bench_context, "SIZES", (20,))
    monkeypatch.setattr(bench_context, "PAUSES", 1)
    folders = ("--from", str(tmp_path / "typed"), "--index", str(tmp_path / "work"))
    shown = run("bench", "context", "--keys", "10", *folders).stdout

    assert "A workspace of 2 files is known after " in shown
