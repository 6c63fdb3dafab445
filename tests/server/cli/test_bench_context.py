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
    shown = run("bench", "context", "--json", "--keys", "10", "--from", str(tmp_path))
    small, large = json.loads(shown.stdout)["files"]

    assert list(small) == ["lines", "keystrokes", "median_ms", "p95_ms"]
    assert (small["lines"], large["lines"]) == (20, 60)
    assert small["keystrokes"] == 10
    assert 0 < small["median_ms"] <= small["p95_ms"]
