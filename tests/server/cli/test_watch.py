"""``mezzotint watch`` without a terminal and in one, and the picture that it saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run, Says

DRAFTS = ("x", "r r", "r * r")


def test_without_a_terminal_only_the_end_is_shown(run: Run, says: type[Says], source: Path) -> None:
    shown = run("watch", f"{source}:5", infiller=says("r * r", DRAFTS))
    assert shown.exit_code == 0
    assert shown.stdout.count("return") == 1
    assert "5 ▌     return r * r\n" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_in_a_terminal_every_draft_is_seen(
    run: Run, says: type[Says], source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("watch", f"{source}:5", "--pace", "1", infiller=says("r * r", DRAFTS))
    assert shown.exit_code == 0
    for step in (1, 2, 3):
        assert f"step {step}" in shown.stdout


def test_a_hole_in_standard_input_can_be_watched(run: Run, says: type[Says]) -> None:
    shown = run("watch", "-", infiller=says("1", DRAFTS), stdin="x = ‸\n")
    assert shown.exit_code == 0
    assert "1 ▌ x = 1" in shown.stdout


def test_the_gif_moves(run: Run, says: type[Says], source: Path, tmp_path: Path) -> None:
    path = tmp_path / "fill.gif"
    shown = run("watch", f"{source}:5", "--gif", str(path), infiller=says("r * r\n    x", DRAFTS))
    assert shown.exit_code == 0
    assert f"Saved {path}." in shown.stdout
    with Image.open(path) as picture:
        assert picture.format == "GIF"
        assert getattr(picture, "n_frames", 1) > len(DRAFTS)
        assert picture.info["loop"] == 0
        assert picture.width > 300


def test_a_gif_with_odd_characters_and_long_lines_is_drawn(
    run: Run, says: type[Says], tmp_path: Path
) -> None:
    path, source = tmp_path / "fill.gif", tmp_path / "a.py"
    source.write_text("\tx = '漢字 🙂 \x1b[31m'" + " + 1" * 200 + "\ny = \n", encoding="utf-8")
    shown = run("watch", f"{source}:2", "--gif", str(path), infiller=says("\x07漢\t\x00"))
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
    assert "\x07" not in shown.stdout
    with Image.open(path) as picture:
        assert picture.width < 2000


def test_a_gif_that_cannot_be_saved_is_said_before_the_work(
    run: Run, says: type[Says], source: Path, tmp_path: Path
) -> None:
    infiller = says("1")
    path = tmp_path / "nowhere" / "fill.gif"
    shown = run("watch", f"{source}:5", "--gif", str(path), infiller=infiller)
    assert shown.exit_code == 2
    assert shown.stderr == f"mezzotint: There is no folder {path.parent} to save fill.gif in.\n"
    assert infiller.holes == []


def test_an_empty_fill_is_shown_as_such(run: Run, source: Path, tmp_path: Path) -> None:
    path = tmp_path / "fill.gif"
    shown = run("watch", f"{source}:5", "--gif", str(path))
    assert shown.exit_code == 0
    assert "No fill was good enough." in shown.stdout
    assert path.exists()
