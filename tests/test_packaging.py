"""The wheel, built from the sdist, in an environment without this checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = ("server", "infill", "grammars")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from it, without a network."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel in it.

    What the wheel depends on is lent by this environment through a .pth file. Such a folder's own
    .pth files are not read, and an editable install is one of those: it stays behind.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    binaries = Path(paths["scripts"])
    python = binaries / Path(sys.executable).name
    lent = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    Path(paths["purelib"], "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet",
        "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=folder,
    )  # fmt: skip
    return binaries


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A project of somebody who has packages with our folders' names."""
    for name in SOURCE_ROOTS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f'raise SystemExit("{name} of the user ran")')
    return tmp_path


def run(*command: str | Path, cwd: Path, stdin: str = "") -> str:
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_wheel_holds_every_file_of_the_three_packages_and_no_other_package(wheel: Path):
    wanted = {
        str(file.relative_to(ROOT / root))
        for root in SOURCE_ROOTS
        for file in (ROOT / root).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert wanted <= held
    assert {Path(name).parts[0] for name in held} == {f"mezzotint_{root}" for root in SOURCE_ROOTS}


def test_the_wheel_holds_the_embedded_model(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist()}

    assert {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
    } <= names


def test_the_sdist_holds_what_was_named_and_nothing_else(dist: Path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        top = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}

    assert top >= {"LICENSE", "README.md", "pyproject.toml", "tests", *SOURCE_ROOTS}
    assert not {name for name in top if name.startswith(".")} - {".gitignore"}


@pytest.mark.parametrize("package", ["mezzotint_server", "mezzotint_infill", "mezzotint_grammars"])
def test_the_code_that_runs_is_the_wheels(bin_folder: Path, workspace: Path, package: str):
    python = bin_folder / Path(sys.executable).name

    told = run(python, "-c", f"import {package}; print({package}.__file__)", cwd=workspace)

    assert Path(told.strip()).is_relative_to(bin_folder.parent)


def test_the_command_starts_beside_a_users_server_package(bin_folder: Path, workspace: Path):
    assert run(bin_folder / "mezzotint", "--version", cwd=workspace).startswith("mezzotint ")


def test_a_hole_is_filled_beside_a_users_server_package(bin_folder: Path, workspace: Path):
    source = "def add(a, b):\n    return ‸\n"

    told = run(bin_folder / "mezzotint", "fill", "-", "--json", cwd=workspace, stdin=source)

    assert json.loads(told)["candidates"]
