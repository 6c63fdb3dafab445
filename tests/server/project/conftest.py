"""Workspaces on disk and in memory, described as a table of files with a ‸ for the hole."""

import json
import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from mezzotint_grammars import language_of_path
from mezzotint_server.documents import Document, split_lines
from mezzotint_server.positions import PositionEncoding
from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.intake import take_outline
from mezzotint_server.project.manifests import read_layout
from mezzotint_server.project.project import Project
from mezzotint_server.project.reader import serve
from mezzotint_server.project.snippet import Viewpoint
from mezzotint_server.project.texts import OpenTexts

HOLE = "‸"


@pytest.fixture(autouse=True, scope="session")
def no_git_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test depends on what the person who runs it has told git."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


def write_files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())


@pytest.fixture(scope="session")
def write() -> Callable[[Path, dict[str, str]], None]:
    """Writes a table of files into a folder."""
    return write_files


def document_of(path: Path, text: str, version: int = 1) -> Document:
    language = language_of_path(path)
    return Document(
        path.as_uri(),
        language.id if language else "plaintext",
        version,
        split_lines(text),
        PositionEncoding.UTF_16,
    )


@pytest.fixture(scope="session")
def document() -> Callable[..., Document]:
    """Makes a document from a path and a text."""
    return document_of


def view_of(document: Document, hole: int, around: int = 10_000) -> Viewpoint:
    """The hole at an offset, and a window of so many lines before and after its line."""
    before, after = document.text[:hole], document.text[hole:]
    line = len(split_lines(before)) - 1
    first = max(0, line - around)
    return Viewpoint(
        document.uri,
        "".join(split_lines(before)[first:]),
        "".join(split_lines(after)[: around + 1]),
        first,
        min(line + around, len(document.lines) - 1),
    )


@pytest.fixture(scope="session")
def view() -> Callable[..., Viewpoint]:
    """Makes what is seen around an offset of a document."""
    return view_of


def answers(**question: Any) -> list[bytes]:
    """What a reader answers, in this process."""
    out = BytesIO()
    serve(BytesIO(json.dumps(question).encode() + b"\n"), out)
    return out.getvalue().splitlines(keepends=True)[:-1]


@pytest.fixture(scope="session")
def ask() -> Callable[..., list[bytes]]:
    """Asks a reader that is not a process of its own."""
    return answers


@pytest.fixture
def still_project(tmp_path: Path) -> Callable[..., tuple[Project, Viewpoint]]:
    """A project in which nothing goes on: all of its files are read, some are open.

    The file with the hole is open, and those that ``opened`` names.
    """

    def make(
        files: dict[str, str], around: int = 10_000, opened: tuple[str, ...] = ()
    ) -> tuple[Project, Viewpoint]:
        write_files(tmp_path, {name: text.replace(HOLE, "") for name, text in files.items()})
        roots = [str(tmp_path)]
        index, texts = WorkspaceIndex(), OpenTexts()
        paths = [str(tmp_path / name) for name in files]
        lines = answers(do="read", roots=roots, paths=paths)
        for path, line in zip(paths, lines, strict=True):
            if line != b"null\n":
                index.put(path, (1, 1), line)
        views: list[Viewpoint] = []
        for name, text in files.items():
            if HOLE not in text and name not in opened:
                continue
            document = document_of(tmp_path / name, text.replace(HOLE, ""))
            [line] = answers(
                do="outline",
                roots=roots,
                path=str(tmp_path / name),
                text=document.text,
                language=document.language,
            )
            opened_text = texts.open(document, str(tmp_path / name))
            take_outline(index, opened_text, document.version, line)
            if HOLE in text:
                views.append(view_of(document, text.index(HOLE), around))
        layout = read_layout(tuple(index.paths()), (tmp_path,))
        return Project([tmp_path], index, texts, layout), views[0]

    return make
