"""The edit that an editor is asked to make, by what it understands."""

from typing import Any

import pytest
from lsprotocol import converters, types

from mezzotint_grammars.span import Span
from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.documents import Documents
from mezzotint_server.rewriting.hunks import Hunk
from mezzotint_server.rewriting.marked import Text
from mezzotint_server.rewriting.workspace_edit import workspace_edit

URI = "file:///a.py"
EDIT = {
    "range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 3}},
    "newText": "x\r\ny",
}
DOCUMENT = {"uri": URI, "version": 7}


@pytest.mark.parametrize(
    ("client", "edit"),
    [
        ({}, {"changes": {URI: [EDIT]}}),
        ({"can_annotate_edits": True}, {"changes": {URI: [EDIT]}}),
        (
            {"can_version_edits": True},
            {"documentChanges": [{"textDocument": DOCUMENT, "edits": [EDIT]}]},
        ),
        (
            {"can_version_edits": True, "can_annotate_edits": True},
            {
                "documentChanges": [
                    {
                        "textDocument": DOCUMENT,
                        "edits": [{**EDIT, "annotationId": "mezzotint"}],
                    }
                ],
                "changeAnnotations": {"mezzotint": {"label": "Repair", "needsConfirmation": False}},
            },
        ),
    ],
)
@pytest.mark.parametrize("wants_metadata", [False, True])
def test_an_edit_says_as_much_as_the_editor_understands(
    client: dict[str, Any], edit: dict[str, Any], wants_metadata: bool
) -> None:
    documents = Documents()
    documents.open(types.TextDocumentItem(URI, "python", 7, "a\r\n🦀b\r\n"))
    document = documents.get(URI)
    assert document is not None
    capabilities = ClientCapabilities(**client, can_tell_edits=wants_metadata)
    params = workspace_edit(Text.of(document), [Hunk(Span(3, 4), "x\ny")], "Repair", capabilities)
    metadata = {"metadata": {"isRefactoring": True}} if wants_metadata else {}
    written = converters.get_converter().unstructure(params)
    assert written == {"label": "Repair", "edit": edit, **metadata}
