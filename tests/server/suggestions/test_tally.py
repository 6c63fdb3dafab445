"""Counts that are kept in a file of the user's own."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mezzotint_server.suggestions.tally import Counts, Tally, read_counts, tally_path


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def add(*counts: Counts) -> None:
    tally = Tally()
    for each in counts:
        tally.add(each)
    tally.flush()


def test_counts_add_up_for_each_language() -> None:
    assert read_counts() == ()
    add(Counts("lua", shown=1), Counts("python", 1, 1, 0, 5), Counts("python", 1, 1, 0, 7))
    add(Counts("python", 1, 0, 1))
    assert read_counts() == (Counts("python", 3, 2, 1, 12), Counts("lua", 1))


def test_several_servers_count_into_one_file() -> None:
    with ThreadPoolExecutor(4) as servers:
        for _ in range(4):
            servers.submit(add, *[Counts("python", 1)] * 10)
    assert read_counts() == (Counts("python", 40),)


def test_a_file_that_makes_no_sense_is_told_once_and_no_reason_to_fail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tally_path().parent.mkdir(parents=True)
    tally_path().write_text("this is no database, and it is long enough to be seen as none")
    add(Counts("python", 1), Counts("python", 1))
    assert len(caplog.records) == 1
    assert read_counts() == ()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_others_cannot_read_the_counts() -> None:
    add(Counts("python", 1))
    assert tally_path().stat().st_mode & 0o077 == 0
