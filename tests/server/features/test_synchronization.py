"""What edits mean in lines, against the documents that they make."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from mezzotint_server.documents import Documents
from mezzotint_server.features.synchronization import line_edits

URI = "file:///a.py"
PLACES = st.tuples(st.integers(0, 6), st.integers(0, 3)).map(lambda place: types.Position(*place))
TEXTS = st.lists(st.sampled_from(["a", "\n", "\r\n", "\u2028"]), max_size=6).map("".join)


@given(
    st.lists(st.sampled_from("ab\n"), min_size=14, max_size=20).map("".join), PLACES, PLACES, TEXTS
)
def test_an_edit_adds_as_many_lines_as_it_says(
    before: str, start: types.Position, end: types.Position, text: str
) -> None:
    documents = Documents()
    documents.open(types.TextDocumentItem(URI, "python", 1, before + "\n" * 6))
    old = documents.get(URI)
    change = types.TextDocumentContentChangePartial(types.Range(start, end), text)
    documents.change(URI, 2, [change])
    new = documents.get(URI)
    assert old is not None
    assert new is not None
    [edit] = line_edits([change])
    assert len(new.lines) - len(old.lines) == edit.shift
    assert new.lines[: edit.first] == old.lines[: edit.first]
    assert new.lines[edit.new_last + 1 :] == old.lines[edit.last + 1 :]


def test_a_text_that_is_new_as_a_whole_says_nothing_about_lines() -> None:
    assert list(line_edits([types.TextDocumentContentChangeWholeDocument("a")])) == []


def test_a_language_is_made_ready_when_its_first_document_is_opened() -> None:
    script = """
import asyncio, sys
from lsprotocol import types
from mezzotint_server.app import create_server
from mezzotint_server.features.synchronization import did_open
from mezzotint_server.settings import Settings

async def main():
    server = create_server(None, Settings())
    item = types.TextDocumentItem("file:///a.lua", "lua", 1, "")
    did_open(server, types.DidOpenTextDocumentParams(item))
    await server.trees.run(lambda: None)
    await server.project.aclose()
    sys.exit("tree_sitter_lua" not in sys.modules)

asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
