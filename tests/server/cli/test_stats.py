"""``mezzotint stats``."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mezzotint_server.__main__ import program
from mezzotint_server.cli.stats import NOTHING_YET
from mezzotint_server.suggestions.tally import Counts, Tally, tally_path


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def stats(*arguments: str) -> str:
    shown = CliRunner().invoke(program(), ["stats", *arguments])
    assert shown.exit_code == 0
    return shown.stdout


def test_before_the_first_suggestion_there_is_nothing_to_show() -> None:
    assert stats() == f"{NOTHING_YET}\n"
    assert json.loads(stats("--json")) == {"languages": []}
    assert not tally_path().exists()


def test_the_counts_of_each_language_are_shown() -> None:
    tally = Tally()
    tally.add(Counts("python", 4, 1, 2, 12))
    tally.flush()
    shown = stats()
    assert [word for word in ("python", "4", "1", "25%", "2", "12") if word not in shown] == []
    assert str(tally_path()) in shown
    assert json.loads(stats("--json")) == {
        "languages": [
            {"language": "python", "shown": 4, "accepted": 1, "rejected": 2, "characters": 12}
        ]
    }
