"""``mezzotint fill``, with an infiller that always says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mezzotint_infill.hole import HoleKind

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run, Says

BREAKS = ("\n", "\r\n", "\r")
KEYS = ["text", "candidates", "steps", "stopped_by", "tokens", "length_policy", "ms", "model"]


def test_plain_output_shows_the_place_with_the_fill(
    run: Run, says: type[Says], source: Path
) -> None:
    shown = run("fill", f"{source}:5", infiller=says("3.14 * r**2"))
    assert shown.exit_code == 0
    assert "5 ▌     return 3.14 * r**2\n" in shown.stdout
    assert "4       def area(r):\n" not in shown.stdout
    assert "4   def area(r):\n" in shown.stdout
    assert source.name in shown.stdout
    assert shown.stderr == ""


def test_an_empty_fill_is_an_answer(run: Run, source: Path) -> None:
    shown = run("fill", f"{source}:5")
    assert shown.exit_code == 0
    assert "No fill was good enough." in shown.stdout


def test_json_has_exactly_these_keys(run: Run, says: type[Says], source: Path) -> None:
    shown = run("fill", f"{source}:5", "--json", infiller=says("π · r"))
    answer = json.loads(shown.stdout)
    assert list(answer) == KEYS
    assert answer["text"] == "π · r"
    assert [list(each) for each in answer["candidates"]] == [["text", "score", "tokens"]]
    assert list(answer["ms"]) == ["load", "encode", "denoise", "total"]
    assert answer["stopped_by"] == "settled"
    assert shown.stderr == ""


def test_every_option_reaches_the_infiller(run: Run, says: type[Says], source: Path) -> None:
    infiller = says("r")
    told = [
        "--length",
        "7",
        "--candidates",
        "3",
        "--seed",
        "5",
        "--steps",
        "9",
        "--deadline",
        "250",
    ]
    assert run("fill", f"{source}:5", *told, infiller=infiller).exit_code == 0
    (options,) = infiller.options
    assert (options.length, options.candidates, options.seed) == (7, 3, 5)
    assert (options.steps, options.deadline_ms) == (9, 250)


@pytest.mark.parametrize(
    ("text", "place", "to", "prefix", "suffix", "kind"),
    [
        ("", "1", None, "", "", HoleKind.LINE),
        ("", "1:1", None, "", "", HoleKind.LINE),
        ("x = \ny\n", "1", None, "x = ", "\ny\n", HoleKind.REST_OF_LINE),
        ("x = \r\ny\r\n", "1", None, "x = ", "\ny\n", HoleKind.REST_OF_LINE),
        ("\ufeffx = \r\n", "1:1", None, "", "x = \n", HoleKind.PART_OF_LINE),
        ("f()\n", "1:3", None, "f(", ")\n", HoleKind.PART_OF_LINE),
        ("\tif x:\n\t\t\n", "2:3", None, "\tif x:\n\t\t", "\n", HoleKind.BLOCK),
        ("größe = \n", "1:9", None, "größe = ", "\n", HoleKind.REST_OF_LINE),
        ("𝒳 = f(1)\n", "1:7", "1:8", "𝒳 = f(", ")\n", HoleKind.REGION),
        ("a\nb\nc\n", "2:1", "3:2", "a\n", "\n", HoleKind.REGION),
        ("a\nb\nc\n", "1", "3", "a", "\n", HoleKind.REGION),
        ("ab\n", "1:2", "1:2", "a", "b\n", HoleKind.REGION),
    ],
)
def test_the_place_decides_what_the_hole_is(
    run: Run,
    says: type[Says],
    tmp_path: Path,
    text: str,
    place: str,
    to: str | None,
    prefix: str,
    suffix: str,
    kind: HoleKind,
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(text.encode())
    infiller = says("")
    region = ("--to", to) if to else ()
    assert run("fill", f"{path}:{place}", *region, infiller=infiller).exit_code == 0
    (hole,) = infiller.holes
    assert (hole.prefix, hole.suffix, hole.kind) == (prefix, suffix, kind)
    assert hole.language == "python"


def test_a_hole_in_standard_input_is_where_the_mark_is(run: Run, says: type[Says]) -> None:
    infiller = says("1")
    shown = run("fill", "-", "--json", infiller=infiller, stdin="# ü\nx = ‸\ny = 2\n")
    assert json.loads(shown.stdout)["text"] == "1"
    assert (infiller.holes[0].prefix, infiller.holes[0].suffix) == ("# ü\nx = ", "\ny = 2\n")


def test_a_file_of_5_mb_is_filled(run: Run, says: type[Says], tmp_path: Path) -> None:
    path = tmp_path / "big.py"
    line = "value = compute(1, 2, 3)  # one of many\n"
    path.write_text(line * (5_000_000 // len(line)))
    shown = run("fill", f"{path}:60000:9", "--write", infiller=says("3 + "))
    assert shown.exit_code == 0
    assert "60000 ▌ value = 3 + compute" in shown.stdout
    assert path.stat().st_size == 5_000_000 // len(line) * len(line) + 4


@pytest.mark.parametrize(
    ("arguments", "says_why"),
    [
        (["nothing.py:1"], "There is no file nothing.py."),
        ([".:1"], ". is a folder, not a file."),
        (["small.py"], "Say where in the file: small.py:LINE or :LINE:COLUMN."),
        (["small.py:99"], "small.py has 9 lines, so there is no line 99."),
        (
            ["small.py:1:99"],
            (
                "Line 1 of small.py has 9 characters, so its last column is 10 "
                "and there is no column 99."
            ),
        ),
        (["small.py:0"], "Lines and columns are counted from 1."),
        (["binary.py:1"], "binary.py is not text: it holds NUL bytes."),
        (["latin.py:1"], "latin.py is not utf-8 text: the byte at 6 cannot be decoded."),
        (["small.py:5", "--to", "4:2"], "--to 4:2 is before the hole's start at small.py:5."),
        (["small.py:5", "--to", "end"], "end is not a place: say LINE:COLUMN, such as 12:5."),
        (["small.py:5", "--length", "0"], "length must be at least 1, not 0."),
        (["small.py:5", "--length", "long"], "length must be a number or auto, not long."),
        (["small.py:5", "--steps", "0"], "steps must be at least 1, not 0."),
        (["small.py:5", "--deadline", "0"], "The deadline must be above 0 ms, not 0."),
        (["-"], "There is no ‸ in standard input to mark the hole."),
        (["-", "--to", "1:1"], "--to needs a file; in standard input, ‸ alone is the hole."),
    ],
)
@pytest.mark.parametrize("command", ["fill", "watch"])
def test_bad_input_is_one_sentence_and_exit_code_2(
    run: Run,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    arguments: list[str],
    says_why: str,
) -> None:
    monkeypatch.chdir(source.parent)
    (source.parent / "binary.py").write_bytes(b"\x7fELF\0")
    (source.parent / "latin.py").write_bytes(b"x = 1\n\xe9\n\n")
    shown = run(command, *arguments, stdin="no mark")
    assert shown.exit_code == 2
    assert shown.stderr == f"mezzotint: {says_why}\n"
    assert shown.stdout == ""


def test_no_candidates_is_too_few(run: Run, source: Path) -> None:
    shown = run("fill", f"{source}:5", "--candidates", "0")
    assert shown.exit_code == 2
    assert shown.stderr == "mezzotint: candidates must be at least 1, not 0.\n"


def test_two_marks_are_one_too_many(run: Run) -> None:
    shown = run("fill", "-", stdin="f(‸, ‸)")
    assert shown.exit_code == 2
    assert shown.stderr == "mezzotint: Standard input has 2 hole marks (‸); it takes exactly one.\n"


def test_standard_input_cannot_be_written(run: Run, says: type[Says]) -> None:
    shown = run("fill", "-", "--write", infiller=says("1"), stdin="x = ‸")
    assert shown.exit_code == 2
    assert shown.stderr == "mezzotint: --write needs a file, not standard input.\n"


def test_a_wrong_option_gets_typer_s_help(run: Run, source: Path) -> None:
    shown = run("fill", f"{source}:5", "--lenght", "3")
    assert shown.exit_code == 2
    assert "--length" in shown.stderr


def test_write_puts_the_fill_in_the_file(run: Run, says: type[Says], source: Path) -> None:
    shown = run("fill", f"{source}:5", "--write", infiller=says("3 * r * r"))
    assert shown.exit_code == 0
    assert b"    return 3 * r * r\n\n\nprint" in source.read_bytes()
    assert f"Written to {source}." in shown.stdout


def test_write_leaves_a_marked_region_alone_if_nothing_was_found(run: Run, source: Path) -> None:
    before = source.read_bytes()
    shown = run("fill", f"{source}:4:1", "--to", "5:1", "--write")
    assert shown.exit_code == 0
    assert "Nothing was written" in shown.stdout
    assert source.read_bytes() == before


def test_a_file_that_lacks_a_character_of_the_fill_is_left_alone(
    run: Run, says: type[Says], tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\nx = '\xe9' + \n")
    before = path.read_bytes()
    shown = run("fill", f"{path}:2", "--write", infiller=says("'€'"))
    assert shown.exit_code == 2
    assert "which has no “€”" in shown.stderr
    assert path.read_bytes() == before


def pieces() -> st.SearchStrategy[str]:
    letters = st.sampled_from(["a", "é", "\t", " ", "ÿ", "(", "#", "\x0c"])
    return st.text(letters, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    line_break=st.sampled_from(BREAKS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "latin-1"]),
    lines=st.lists(pieces(), min_size=3, max_size=6),
    fill=st.lists(pieces(), min_size=1, max_size=3).map("\n".join).filter(bool),
    data=st.data(),
)
def test_write_never_changes_a_byte_outside_the_hole(
    run: Run,
    says: type[Says],
    tmp_path: Path,
    line_break: str,
    encoding: str,
    lines: list[str],
    fill: str,
    data: st.DataObject,
) -> None:
    lines = ["# coding: latin-1" if encoding == "latin-1" else "#", *lines]
    line = data.draw(st.integers(2, len(lines) - 1))
    start, end = sorted(data.draw(st.integers(0, len(lines[at - 1]))) for at in (line, line))
    before = line_break.join([*lines[: line - 1], lines[line - 1][:start]])
    after = line_break.join([lines[line - 1][end:], *lines[line:]])
    path = tmp_path / "a.py"
    path.write_bytes((before + lines[line - 1][start:end] + after).encode(encoding))
    place, to = f"{path}:{line}:{start + 1}", f"{line}:{end + 1}"
    shown = run("fill", place, "--to", to, "--write", infiller=says(fill))
    assert shown.exit_code == 0, shown.output
    middle = fill.replace("\n", line_break)
    assert path.read_bytes() == (before + middle + after).encode(encoding)
