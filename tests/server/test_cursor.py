"""From a cursor in an open document to its hole, with what the project has to say."""

from pathlib import Path

import pytest
from lsprotocol import types

from mezzotint_infill.hole import HoleKind
from mezzotint_server.cursor import Cursor, hole_asked_for, hole_while_typing
from mezzotint_server.documents import Document, Documents
from mezzotint_server.project.project import Project
from mezzotint_server.trees import Trees

SHAPES = "def area(width, height):\n    return width * height\n"
MAIN = "from shapes import area\n\n\ndef total(w, h):\n    \n\n\nprint(to)\n"


@pytest.fixture
def main(tmp_path: Path) -> Document:
    (tmp_path / "shapes.py").write_text(SHAPES, "utf-8")
    (tmp_path / "main.py").write_text("", "utf-8")
    documents = Documents()
    uri = (tmp_path / "main.py").as_uri()
    documents.open(types.TextDocumentItem(uri, "python", 1, MAIN))
    document = documents.get(uri)
    assert document is not None
    return document


async def test_a_hole_carries_what_its_file_imports(tmp_path: Path, main: Document) -> None:
    project = Project([tmp_path])
    project.start()
    project.open(main, tmp_path / "main.py")
    await project.settled()
    hole = await hole_while_typing(Cursor(main, 4, 4), Trees(), project)
    await project.aclose()

    assert hole is not None
    assert hole.kind is HoleKind.BLOCK
    assert [snippet.path for snippet in hole.snippets] == ["shapes.py"]
    assert "def area(width, height)" in hole.snippets[0].text


async def test_who_types_inside_of_a_word_gets_no_hole_and_who_asks_does(main: Document) -> None:
    cursor = Cursor(main, 7, 7)

    assert await hole_while_typing(cursor, Trees(), Project()) is None
    assert (await hole_asked_for(cursor, Trees(), Project())).suffix == "o)\n"
