"""Which Python on this machine may be trained on, and which is held out.

The standard library and the installed packages of this environment whose metadata names a
permissive licence. A package that is held out, that carries a copy of a held-out one, or whose
licence is not on the list gives nothing. Files that repeat lines already seen are left out.
"""

import hashlib
import random
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

HELD_OUT = ("anyio", "jinja2", "rich", "starlette")
"""Import packages that are only ever evaluated on."""

CARRIES_HELD_OUT = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
"""They vendor other projects, ``rich`` among them."""

OWN = ("mezzotint_server", "mezzotint_infill", "mezzotint_grammars")

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|HPND|MIT-CMU|0BSD|Unlicense|CNRI)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A?L?GPL|GNU|MPL|Mozilla|EUPL)", re.IGNORECASE)

SKIPPED_FOLDERS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "_vendor",
        "vendor",
        "idlelib",
        "lib2to3",
        "__pycache__",
        "site-packages",
        "_internal",
        "encodings",
        "turtledemo",
    }
)
HUMAN_EVAL = re.compile(r"human[-_ ]?eval|has_close_elements|separate_paren_groups", re.IGNORECASE)
"""Words that stand in any copy of the benchmark; a file with one of them is not read."""

BYTES_A_PACKAGE = 14_000_000
"""So that the two largest packages do not drown the other sixty."""
SMALLEST_FILE, LARGEST_FILE = 400, 250_000
REPEATED = 0.6
"""A file is left out if more than this share of its longer lines has been seen before."""


@dataclass(frozen=True, slots=True)
class Source:
    """One distribution's share of the corpus."""

    name: str
    version: str
    licence: str
    files: tuple[Path, ...]
    size: int
    """Bytes of the files that were kept."""


def training_sources() -> list[Source]:
    """The corpus, in a fixed order for one environment."""
    seen: set[int] = set()
    standard_library = Path(sysconfig.get_path("stdlib"))
    version = sysconfig.get_python_version()
    modules = _Root(standard_library, sorted(standard_library.rglob("*.py")))
    sources = [_select("python", version, "PSF-2.0", modules, seen)]
    for distribution in sorted(metadata.distributions(), key=lambda d: d.metadata["Name"].lower()):
        licence = _licence(distribution)
        root = Path(str(distribution.locate_file("")))
        if PERMISSIVE.search(licence) and not COPYLEFT.search(licence):
            name = distribution.metadata["Name"]
            files = _Root(root, sorted(_python_files(distribution)))
            sources.append(_select(name, distribution.version, licence, files, seen))
    return [source for source in sources if source.files]


def held_out_files() -> list[Path]:
    """Every Python file of the held-out packages."""
    root = Path(sysconfig.get_path("purelib"))
    return [path for name in HELD_OUT for path in sorted((root / name).rglob("*.py"))]


def read(path: Path) -> str:
    r"""The file as text with ``\n`` line ends, or nothing if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@dataclass(frozen=True, slots=True)
class _Root:
    folder: Path
    files: list[Path]


def _select(name: str, version: str, licence: str, root: _Root, seen: set[int]) -> Source:
    kept: list[Path] = []
    size = 0
    for path in _shuffled(root.files, name):
        text = "" if size > BYTES_A_PACKAGE else _usable_text(path, root.folder)
        lines = {hash(line) for raw in text.splitlines() if len(line := raw.strip()) > 20}
        if len(lines) < 8 or len(lines & seen) > REPEATED * len(lines):
            continue
        seen |= lines
        kept.append(path)
        size += len(text.encode())
    return Source(name, version, licence, tuple(kept), size)


def _usable_text(path: Path, root: Path) -> str:
    if SKIPPED_FOLDERS.intersection(path.relative_to(root).parts[:-1]):
        return ""
    if not SMALLEST_FILE < path.stat().st_size < LARGEST_FILE:
        return ""
    text = read(path)
    longest = max((len(line) for line in text.splitlines()), default=0)
    looks_generated = longest > 400 or "DO NOT EDIT" in text[:2000].upper()
    return "" if looks_generated or HUMAN_EVAL.search(text) else text


def _shuffled(paths: list[Path], name: str) -> list[Path]:
    ordered = list(paths)
    random.Random(hashlib.sha256(name.encode()).digest()).shuffle(ordered)
    return ordered


def _python_files(distribution: metadata.Distribution) -> Iterator[Path]:
    excluded = {*HELD_OUT, *CARRIES_HELD_OUT, *OWN}
    for file in distribution.files or ():
        if file.suffix == ".py" and file.parts[0] not in excluded:
            path = Path(str(distribution.locate_file(file)))
            if path.is_file():
                yield path


def _licence(distribution: metadata.Distribution) -> str:
    about = cast(Message, distribution.metadata)
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    free_text = (about.get("License") or "").strip()
    named = "; ".join(classifier.rpartition(" :: ")[2] for classifier in classifiers)
    return about.get("License-Expression") or named or free_text[:60].partition("\n")[0]
