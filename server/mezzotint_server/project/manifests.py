"""What manifests say about imports: ``go.mod``, ``Cargo.toml``, ``package.json``, ``tsconfig.json``.

Nothing of others' packages is looked for, and nothing is run: only what leads to files that lie in
the workspace counts. Namespaces of PHP and C# are declared in the files themselves, so their
manifests are not asked.
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from mezzotint_server.project.layout import Layout, Mount, by_folder
from mezzotint_server.project.readable import read_text, refusal_of

_Table = Mapping[str, Any]
_NO_JSON = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])')
_GO_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_BUILT = re.compile(r"^(?:\./)?(?:dist|lib|build|out|es|esm|cjs)/")
_BY_ENDING = {".go": "go.mod", ".rs": "Cargo.toml"}
"""Manifests that are in no known language, so that the index does not have them."""
_MAIN_KEYS = ("source", "types", "typings", "module", "main")


def read_layout(paths: Collection[str], roots: tuple[Path, ...]) -> Layout:
    """The layout of the files at ``paths``; reads the manifests among and above them."""
    folders, known = by_folder(paths), frozenset(paths)
    mounts: list[Mount] = []
    for path in sorted(_manifests(folders, tuple(map(str, roots)))):
        is_known = path in known  # As what is in the index, it may be read.
        if is_known or refusal_of(Path(path), roots) is None:
            text = read_text(Path(path))
            mounts += mounts_in(path, text) if isinstance(text, str) else ()
    return Layout(tuple(mounts), folders)


def mounts_in(path: str, text: str) -> tuple[Mount, ...]:
    """What the manifest at ``path`` says; nothing, if it is broken."""
    folder, _, name = path.rpartition(os.sep)
    for start, read in _READERS.items():
        if name.startswith(start):
            try:
                return tuple(read(folder, text))
            except (ValueError, TypeError, AttributeError):  # anything can be in such a file
                return ()
    return ()


def is_manifest(name: str) -> bool:
    """Whether a file of this name says something about imports."""
    return name.startswith(tuple(_READERS))


def _manifests(folders: Mapping[str, tuple[str, ...]], roots: tuple[str, ...]) -> set[str]:
    found = {
        path
        for files in folders.values()
        for path in files
        if path.endswith(".json") and is_manifest(path.rpartition(os.sep)[2])
    }
    for ending, name in _BY_ENDING.items():
        own = (folder for folder, files in folders.items() if _any_ends(files, ending))
        above = {each for folder in own for each in _from(folder, roots)}
        found |= {path for each in above if os.path.isfile(path := os.path.join(each, name))}  # noqa: PTH113, PTH118 - thousands of them
    return found


def _any_ends(files: tuple[str, ...], ending: str) -> bool:
    return any(path.endswith(ending) for path in files)


def _from(folder: str, roots: tuple[str, ...]) -> Iterator[str]:
    """The folder and all above it in the workspace."""
    while any(folder == root or folder.startswith(root + os.sep) for root in roots):
        yield folder
        folder = folder.rpartition(os.sep)[0]


def _go(folder: str, text: str) -> Iterator[Mount]:
    if told := _GO_MODULE.search(text):
        yield Mount("go", "", told[1], (folder,), is_whole=True)
        yield Mount("go", "", told[1] + "/", (folder + os.sep,))


def _cargo(folder: str, text: str) -> Iterator[Mount]:
    told = tomllib.loads(text)
    library = told.get("lib", {})
    name = library.get("name") or told.get("package", {}).get("name")
    if name:
        root = _joined(folder, library.get("path", "src/lib.rs"))
        yield Mount("rust", "", name.replace("-", "_"), (root,), is_whole=True)


def _package(folder: str, text: str) -> Iterator[Mount]:
    told = _json(text)
    for name, value in _table(told.get("imports")).items():
        yield from _pattern(folder, folder + os.sep, name, _strings(value))
    name = told.get("name")
    if not name:
        return
    exports = told.get("exports")
    subpaths = _table(exports)
    if not any(key.startswith(".") for key in subpaths):
        subpaths = {".": exports}
    mains = [told[key] for key in _MAIN_KEYS if isinstance(told.get(key), str)]
    mains += [*_strings(subpaths.get(".")), "src/index", "index", "lib/index"]
    yield Mount("javascript", "", name, _sources(folder, mains), is_whole=True)
    for subpath, value in subpaths.items():
        if subpath.startswith("./"):
            yield from _pattern(folder, "", name + subpath[1:], _strings(value))
    yield Mount("javascript", "", name + "/", (folder + os.sep, _joined(folder, "src") + os.sep))


def _tsconfig(folder: str, text: str) -> Iterator[Mount]:
    options = _table(_json(text).get("compilerOptions"))
    base = options.get("baseUrl")
    start = _joined(folder, base or ".")
    for pattern, targets in _table(options.get("paths")).items():
        yield from _pattern(start, folder + os.sep, pattern, _strings(targets))
    if base:
        yield Mount("javascript", folder + os.sep, "", (start + os.sep,))


def _pattern(folder: str, scope: str, pattern: str, targets: list[str]) -> Iterator[Mount]:
    """``@/*`` and where it leads; a star anywhere but at the end is not understood."""
    prefix, star, rest = pattern.partition("*")
    before_star = [target.partition("*")[0] for target in targets]
    if not rest and targets:
        yield Mount("javascript", scope, prefix, _sources(folder, before_star), is_whole=not star)


def _sources(folder: str, targets: list[str]) -> tuple[str, ...]:
    """The targets, and what those that are built are perhaps built from."""
    written = [_BUILT.sub("src/", target) for target in targets]
    return tuple(dict.fromkeys(_joined(folder, each) for each in (*targets, *written)))


def _strings(value: object) -> list[str]:
    """All of them, however deep in conditions."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(cast("dict[str, object]", value).values())
    if not isinstance(value, list):
        return []
    return [each for inner in cast("list[object]", value) for each in _strings(inner)]


def _table(value: object) -> _Table:
    return cast("_Table", value) if isinstance(value, dict) else {}


def _json(text: str) -> _Table:
    """With the comments and last commas that TypeScript lets pass."""
    text = _NO_JSON.sub(r"\1", text)
    return _table(json.loads(_LAST_COMMA.sub(r"\1", text)))


def _joined(folder: str, path: str) -> str:
    """Keeps a separator at the end."""
    joined = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - Path() has no normal form
    return joined + os.sep if path.endswith("/") else joined


_READERS: Mapping[str, Callable[[str, str], Iterator[Mount]]] = {
    "go.mod": _go,
    "Cargo.toml": _cargo,
    "package.json": _package,
    "tsconfig": _tsconfig,
    "jsconfig": _tsconfig,
}
"""By how their names begin."""
