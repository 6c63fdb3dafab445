"""Which files of a workspace there are to read, and in which order."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mezzotint_server.project import walk as walking
from mezzotint_server.project.readable import MAX_BYTES
from mezzotint_server.project.walk import LARGE_BYTES, walk

Write = Callable[[Path, dict[str, str]], None]


def found(root: Path, *near: str, roots: tuple[str, ...] = (".",)) -> list[str]:
    files = walk(tuple(root / name for name in roots), tuple(root / name for name in near))
    return [Path(file.path).relative_to(root).as_posix() for file in files]


def test_only_what_may_be_read_and_is_in_a_known_language_is_found(
    tmp_path: Path, write: Write
) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "build/\ngenerated.py\n",
            "a.py": "",
            "sub/deep/b.py": "",
            "sub/.gitignore": "c.py\n",
            "sub/c.py": "",
            "notes.unknown": "",
            "build/a.py": "",
            "generated.py": "",
            "secrets.py": "",
            "huge.py": "#" * (MAX_BYTES + 1),
            ".hidden/a.py": "",
            ".git/a.py": "",
            "node_modules/a.py": "",
            "venv/pyvenv.cfg": "",
            "venv/a.py": "",
            "cache/CACHEDIR.TAG": "",
            "cache/a.py": "",
        },
    )
    assert found(tmp_path) == ["a.py", "sub/deep/b.py"]


@pytest.mark.parametrize("rules", [".gitignore", ".mezzotintignore", ".git/info/exclude"])
def test_what_rules_in_a_folder_rules_below_it_as_well(
    tmp_path: Path, write: Write, rules: str
) -> None:
    files = dict.fromkeys(["b.py", "sub/a.py", "sub/b.py", "sub/deep/b.py", "sub/deep/c.py"], "")
    write(tmp_path, {**files, f"sub/{rules}": "b.py\n"})
    assert found(tmp_path) == ["b.py", "sub/a.py", "sub/deep/c.py"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no free symlinks.")
def test_links_are_not_followed(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {"work/a.py": "", "outside/b.py": ""})
    (tmp_path / "work" / "loop").symlink_to(tmp_path / "work")
    (tmp_path / "work" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "work" / "b.py").symlink_to(tmp_path / "outside" / "b.py")
    assert found(tmp_path, roots=("work",)) == ["work/a.py"]


def test_what_is_near_the_open_files_comes_first(tmp_path: Path, write: Write) -> None:
    write(tmp_path, dict.fromkeys(["a/1.py", "b/2.py", "b/c/3.py", "b/c/4.py", "5.py"], ""))
    near_first = ["b/c/3.py", "b/c/4.py", "b/2.py", "5.py", "a/1.py"]
    assert found(tmp_path, "b/c/open.py") == near_first


def test_large_files_come_last(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {"near/large.py": "#" * (LARGE_BYTES + 1), "far/small.py": ""})
    assert found(tmp_path, "near/open.py") == ["far/small.py", "near/large.py"]


def test_a_folder_in_a_folder_is_found_once(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {"a.py": "", "sub/b.py": ""})
    assert sorted(found(tmp_path, roots=(".", "sub"))) == ["a.py", "sub/b.py"]


def test_there_is_a_limit(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {f"{number}.py": "" for number in range(9)})
    monkeypatch.setattr(walking, "MAX_FILES", 5)
    assert len(found(tmp_path)) == 5


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert found(tmp_path, roots=("gone",)) == []
