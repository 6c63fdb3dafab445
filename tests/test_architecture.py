"""The invariants of ARCHITECTURE.md about who may import whom."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent

IMPORT_ALL_OF = """
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
found = sorted(set(sys.modules) & {forbidden!r})
sys.exit(f"{{package.__name__}} imports {{', '.join(found)}}" if found else 0)
"""

IMPORT_FACE_OF = """
import importlib, sys
importlib.import_module({package!r})
found = sorted(set(sys.modules) & {forbidden!r})
sys.exit({package!r} + " imports " + ", ".join(found) if found else 0)
"""

TENSORS = {"torch", "transformers"}
EDITORS = {"pygls", "lsprotocol"}


def check(script: str, package: str, forbidden: set[str]) -> None:
    """Run the imports in an interpreter of their own, so that this one's do not count."""
    ran = subprocess.run(
        [sys.executable, "-c", script.format(package=package, forbidden=forbidden)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_no_file_of_the_server_imports_tensors():
    check(IMPORT_ALL_OF, "mezzotint_server", TENSORS)


@pytest.mark.parametrize("package", ["mezzotint_infill", "mezzotint_infill.engine"])
def test_the_face_of_the_engine_imports_no_tensors(package: str):
    check(IMPORT_FACE_OF, package, TENSORS | EDITORS)


def test_the_program_starts_without_tensors_and_without_the_protocol():
    check(IMPORT_FACE_OF, "mezzotint_server.__main__", TENSORS | EDITORS)


def test_the_grammars_import_neither_tensors_nor_editors():
    check(IMPORT_ALL_OF, "mezzotint_grammars", TENSORS | EDITORS)


def test_no_file_of_the_engine_imports_an_editor():
    check(IMPORT_ALL_OF, "mezzotint_infill", EDITORS)


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)

    assert lint_imports(cache_dir=None, no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("package", ["mezzotint_server", "mezzotint_infill", "mezzotint_grammars"])
def test_a_source_root_holds_one_package_and_nothing_else(package: str):
    """An editable install puts the folder on the path: whatever lies in it could be imported."""
    root = ROOT / package.removeprefix("mezzotint_")

    assert [entry.name for entry in root.iterdir() if entry.name != "__pycache__"] == [package]
