"""``tools/setup.sh`` on machines where something is missing: one sentence and exit code 2."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PLAIN_TOOLS = ("awk", "cat", "cksum", "df", "dirname", "grep", "rm", "tail", "tee", "uname")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="set-up is a POSIX shell script")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of a fresh clone as set-up reads."""
    folder = tmp_path / "clone"
    (folder / "tools").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "tools/setup.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with the plain tools of any system and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in PLAIN_TOOLS:
        place = shutil.which(tool)
        assert place is not None
        (folder / tool).symlink_to(place)
    return folder


def check(clone: Path, path: Path, sentence: str) -> None:
    ran = subprocess.run(
        ["/bin/sh", "tools/setup.sh", "run"],
        cwd=clone,
        env={"PATH": str(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert ran.stderr.startswith("mezzotint: ")
    assert sentence in ran.stderr
    assert ran.stderr.count("\n") == 1


def make_command(path: Path, name: str, script: str) -> None:
    (path / name).write_text(f"#!/bin/sh\n{script}\n")
    (path / name).chmod(0o755)


def test_there_is_no_python(clone: Path, path: Path):
    check(clone, path, "Python 3.11 or newer is missing")


def test_python_is_too_old(clone: Path, path: Path):
    make_command(path, "python3", "exit 1")

    check(clone, path, "Python 3.11 or newer is missing")


def test_the_venv_module_is_missing(clone: Path, path: Path):
    make_command(path, "python3", 'case "$*" in *ensurepip*) exit 1;; esac')

    check(clone, path, "apt install python3-venv")


def test_the_index_cannot_be_reached(clone: Path, path: Path):
    make_command(path, "uv", "echo 'error: dns error: Name or service not known'; exit 2")

    check(clone, path, "check the network")


def test_the_disk_is_full(clone: Path, path: Path):
    make_command(path, "uv", "echo 'error: No space left on device'; exit 2")

    check(clone, path, "the disk is full")


def test_the_disk_is_too_small(clone: Path, path: Path):
    (path / "df").unlink()
    make_command(path, "df", "echo head; echo 'disk 99 98 204800 50% /'")

    check(clone, path, "The disk has 200 MB free")
