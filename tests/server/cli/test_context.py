"""``mezzotint context``: what a model is shown, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest

SHAPES = '"""Shapes."""\n\n\ndef area(width, height):\n    """How large it is."""\n    return width * height\n'
MAIN = "from shapes import area\n\n\ndef total(w, h):\n    \n\n\nprint(total(1, 2))\n"

Run = Any
"""Runs the program; its type lives in conftest.py."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "shapes.py").write_text(SHAPES, "utf-8")
    (tmp_path / "main.py").write_text(MAIN, "utf-8")
    return tmp_path


def test_programs_get_the_hole_and_what_is_shown_beside_it(run: Run, project: Path) -> None:
    shown = run("context", f"{project / 'main.py'}:5", "--json")
    answer = json.loads(shown.stdout)
    (snippet,) = answer["snippets"]

    assert list(answer) == ["language", "kind", "prefix", "suffix", "indent", "snippets", "ms"]
    assert (answer["language"], answer["kind"], answer["indent"]) == ("python", "block", "    ")
    assert answer["prefix"] + answer["suffix"] == MAIN
    assert answer["ms"] > 0
    assert list(snippet) == ["path", "reason", "text", "tokens"]
    assert (snippet["path"], snippet["reason"]) == ("shapes.py", "imported here")
    assert "def area(width, height)" in snippet["text"]


def test_people_see_the_hole_its_edges_and_each_snippet_with_its_reason(
    run: Run, project: Path
) -> None:
    shown = run("context", f"{project / 'main.py'}:5:5").stdout

    assert "5 ▌     ‸\n" in shown
    for fact in (
        "kind        block · at most 40 lines · in code\n",
        "indentation 4 spaces\n",
        "block       goes on for 0 lines\n",
        "from        line 1 · the file's edge\n",
        "to          line 9 · the file's edge\n",
        "shapes.py:4  imported here · ",
    ):
        assert fact in shown


def test_pieces_of_a_word_at_the_edges_are_shown(run: Run, project: Path) -> None:
    shown = run("context", f"{project / 'main.py'}:8:9").stdout

    assert "word        to‸tal\n" in shown
    assert "part of a line" in shown


def test_a_large_file_is_shown_in_part(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    path.write_text("def area(r):\n    return r * r\n\n\n" * 4_000, "utf-8")
    shown = run("context", f"{path}:8000").stdout

    assert shown.count("· a definition\n") == 2


def test_text_from_standard_input_has_no_project(run: Run) -> None:
    answer = json.loads(run("context", "-", "--json", stdin="x = ‸\n").stdout)

    assert (answer["kind"], answer["snippets"]) == ("rest of a line", [])


def test_a_file_that_is_not_there_is_said_to_be(run: Run) -> None:
    shown = run("context", "nothing.py:1")

    assert shown.exit_code == 2
    assert "There is no file nothing.py." in shown.stderr
