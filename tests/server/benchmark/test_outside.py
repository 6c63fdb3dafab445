"""Rewriting as the benchmark watches it: edits in, how many of them touched what was not marked."""

import asyncio
from typing import Any

import pytest

from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_server.benchmark.outside import Outside, outside

TEXT = "é𝒳 = one\ntwo = three\n"
CUTS = [Cut(CutKind.LINE, "a.py", TEXT, "x", "\n")]
Edit = dict[str, Any]


class Server:
    """Makes the same edit whatever is marked: a range of the document, or the marked one."""

    def __init__(self, new_text: str, moved: int) -> None:
        self.new_text, self.moved = new_text, moved
        self.make_edit: Any = None
        self.said: list[str] = []

    def open(self, uri: str, text: str) -> None:
        self.said.append(text)

    def replace(self, uri: str, text: str) -> None:
        self.said.append(text)

    def ask(self, _: str, **params: Any) -> tuple[int, "asyncio.Future[None]"]:
        [argument] = params["arguments"]
        start, end = argument["range"]["start"], argument["range"]["end"]
        moved = {**end, "character": end["character"] + self.moved}
        edit = {"range": {"start": start, "end": moved}, "newText": self.new_text}
        self.make_edit({"changes": {argument["uri"]: [edit]}})
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        answer.set_result(None)
        return 1, answer


@pytest.mark.parametrize(
    ("new_text", "moved", "touched"), [("new", 0, False), ("", 0, False), ("new", 1, True)]
)
async def test_what_touches_more_than_was_marked_is_counted(
    new_text: str, moved: int, touched: bool
) -> None:
    server: Any = Server(new_text, moved)
    found = await outside(server, CUTS, 40, 0)
    assert found.rewrites == 40
    assert found.edits > 0
    assert (found.outside > 0) is touched


async def test_a_server_that_makes_no_edit_touches_nothing() -> None:
    server: Any = Server("new", 0)
    server.make_edit = None

    def ask(_: str, **params: Any) -> tuple[int, "asyncio.Future[None]"]:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        answer.set_result(None)
        return 1, answer

    server.ask = ask
    assert await outside(server, CUTS, 3, 0) == Outside(3, 0, 0)
    assert server.said == [CUTS[0].text]
