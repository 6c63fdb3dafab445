"""``mezzotint bench server``: what it measures and prints. Times are not judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from mezzotint_server.benchmark import answering, conduct
from mezzotint_server.cli import bench_server

FIGURES = [
    "handshake",
    "nothing",
    "type_through",
    "type_through_inside",
    "overhead",
    "overhead_inside",
    "cancel",
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (bench_server, "LINES", 60),
        (bench_server, "INSIDE", 1),
        (answering, "NOTHINGS", 2),
        (answering, "HANDSHAKES", 1),
        (conduct, "CLIENTS", 2),
        (conduct, "DOCUMENTS", 3),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("small")
def test_everything_is_measured_through_real_servers(tmp_path: Path, run: Any) -> None:
    source = "def area(radius):\n    print('𝒳', radius * radius * radius)\n    return radius\n"
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(source, "utf-8")
    lines = {line[:end] for line in source.split("\n") for end in range(len(line) + 1)}
    script = tmp_path / "script.json"
    script.write_text(
        json.dumps(
            {
                "answers": {line.strip(): "radius\n  * 2" for line in lines},
                "drafts": ["?", "radius", "r", "s", "t"],
                "step_s": 0.02,
            }
        )
    )
    model = ("--model", f"scripted:{script}")
    few = ("--places", "2", "--rewrites", "4")
    shown = run("bench", "server", "--json", *few, "--from", str(tmp_path), *model)
    answer = json.loads(shown.stdout)
    for name in FIGURES:
        assert answer[name]["times"] > 0, name
        assert answer[name]["median_ms"] <= answer[name]["p95_ms"]
    assert answer["cancel"]["step_ms"] > 0
    assert (answer["crowd"]["requests"], answer["crowd"]["unanswered"]) == (12, 0)
    assert answer["crowd"]["answered_twice"] == 0
    assert (answer["rewriting"]["rewrites"], answer["rewriting"]["outside"]) == (4, 0)
