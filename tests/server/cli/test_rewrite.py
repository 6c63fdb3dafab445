"""``mezzotint rewrite``, with an infiller that answers from a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mezzotint_infill.hole import Fill, Freed, Hole, Rewrite, StopReason

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

MIXED = b"import os\r\n\ndef area(r):\r    return r\n\nprint(area(2))\r\n"


class Rewrites:
    """Says the same of every region, or leaves it alone."""

    def __init__(self, text: str | None = None, note: str = "") -> None:
        self.text, self.note = text, note
        self.holes: list[Hole] = []

    def fill_now(self, hole: Hole, options: object = None, **_: object) -> Fill:
        self.holes.append(hole)
        before = hole.rewrite.text if hole.rewrite else ""
        text = before if self.text is None else self.text
        return Fill(text, (), 1, StopReason.SETTLED, 1, "kept", "table", note=self.note)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.py"
    path.write_bytes(MIXED)
    return path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["4"], Rewrite("    return r", 0.2)),
        (["4:5", "--strength", "1"], Rewrite("return r", 1.0)),
        (["3", "--to", "4"], Rewrite("def area(r):\r    return r", 0.2)),
        (["4:5", "--to", "4:11", "--repair"], Rewrite("return", 0.2, Freed.LEAST_LIKELY)),
        (["4", "--instruction", "Do."], Rewrite("    return r", 0.2, instruction="Do.")),
    ],
)
def test_the_stretch_is_asked_about_as_it_stands(
    run: Run, source: Path, arguments: list[str], expected: Rewrite
) -> None:
    infiller = Rewrites()
    place, *others = arguments
    assert run("rewrite", f"{source}:{place}", *others, infiller=infiller).exit_code == 0
    assert infiller.holes[0].rewrite == expected


def test_only_the_stretch_is_written(run: Run, source: Path) -> None:
    shown = run("rewrite", f"{source}:4:5", "--write", infiller=Rewrites("return 2 * r"))
    assert source.read_bytes() == MIXED.replace(b"return r", b"return 2 * r")
    assert "Written to" in shown.stdout


def test_a_stretch_that_stays_is_not_written(run: Run, source: Path) -> None:
    before = source.stat().st_ino
    shown = run("rewrite", f"{source}:4", "--write", infiller=Rewrites(note="It is as it is."))
    assert source.stat().st_ino == before
    assert "It is as it is.\nNothing was changed.\n" in shown.stdout


def test_json_says_what_was_not_done(run: Run, source: Path) -> None:
    shown = run("rewrite", f"{source}:4", "--json", infiller=Rewrites("x", note="Not read."))
    answer = json.loads(shown.stdout)
    assert (answer["text"], answer["note"]) == ("x", "Not read.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{}:2"], "There is nothing to rewrite: the region is empty."),
        (["{}:4", "--strength", "2"], "The strength must be from 0 to 1, not 2."),
        (["{}:4:5", "--to", "3"], "is before the hole's start"),
        (["{}:99"], "there is no line 99"),
        (["-"], "A stretch of a file can be rewritten, not standard input."),
    ],
)
def test_what_cannot_be_rewritten_is_refused_with_a_sentence(
    run: Run, source: Path, arguments: list[str], sentence: str
) -> None:
    shown = run("rewrite", *(each.format(source) for each in arguments), infiller=Rewrites())
    assert shown.exit_code == 2
    assert sentence in shown.stderr
