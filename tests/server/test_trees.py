"""The trees of open documents: parsed in part, one at a time; what is long, in a thread."""

import asyncio
import threading

import pytest
from lsprotocol import types

from mezzotint_infill.hole import Hole
from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Documents
from mezzotint_server.trees import Trees


def test_a_newer_text_is_parsed_from_the_last_tree_of_its_document() -> None:
    trees = Trees()
    first = trees.parse("a", "x = 1\n", "python")

    assert trees.parse("a", "x = 1\n", "python") is first
    assert trees.parse("b", "x = 1\n", "python") is not first
    assert trees.parse("a", "x = 12\n", "python").text == "x = 12\n"


def test_a_document_whose_language_has_changed_is_parsed_afresh() -> None:
    trees = Trees()
    trees.parse("a", "x = 1\n", "python")

    assert trees.parse("a", "x = 1\n", "typescript").language_id == "typescript"


def test_a_document_that_is_closed_is_forgotten() -> None:
    trees = Trees()
    first = trees.parse("a", "x = 1\n", "python")
    trees.forget("a")
    trees.forget("a")

    assert trees.parse("a", "x = 1\n", "python") is not first


async def test_parsing_goes_on_in_another_thread() -> None:
    assert await Trees().run(threading.get_ident) != threading.get_ident()


async def test_a_piece_is_parsed_at_once() -> None:
    assert await Trees().run_soon(threading.get_ident) == threading.get_ident()


async def test_a_piece_is_parsed_after_what_is_parsed_already() -> None:
    trees, begun, release = Trees(), threading.Event(), threading.Event()
    done: list[str] = []

    def parse_at_length() -> None:
        begun.set()
        release.wait()
        done.append("long")

    long = asyncio.create_task(trees.run(parse_at_length))
    while not begun.is_set():  # noqa: ASYNC110 - it is a thread that sets it
        await asyncio.sleep(0)
    short = asyncio.create_task(trees.run_soon(lambda: done.append("short")))
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(long, short)
    assert done == ["long", "short"]


async def test_what_fails_keeps_nobody_from_parsing() -> None:
    trees = Trees()
    for parse in (trees.run_soon, trees.run):
        with pytest.raises(ZeroDivisionError):
            await parse(lambda: 1 // 0)
    assert await trees.run_soon(lambda: "parsed") == "parsed"


def test_line_breaks_and_how_a_document_came_about_make_no_difference_to_its_holes() -> None:
    before, after = "def area(r):\n    x = '😀\u2028'\n    ", "\n\nprint(1)\n"
    code = before + after
    trees = Trees()
    found: list[Hole] = []
    for text in (code, code.replace("\n", "\r\n"), code.replace("\n", "\r")):
        documents = Documents()
        documents.open(types.TextDocumentItem("a", "python", 1, text))
        document = documents.get("a")
        assert document is not None
        found.append(Cursor(document, 2, 4).surroundings(trees).hole_asked_for())

    assert found[0] == found[1] == found[2]
    assert (found[0].prefix, found[0].suffix) == (before, after)
