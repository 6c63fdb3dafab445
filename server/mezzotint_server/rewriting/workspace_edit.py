"""Hunks -> the workspace edit that an editor understands: versioned and annotated where it can be.

Nobody is asked to confirm it: Neovim would show a bare yes or no, VS Code a preview in which nothing
is ticked. Undo is the way back.
"""

from collections.abc import Sequence

from lsprotocol import types

from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.rewriting.hunks import Hunk
from mezzotint_server.rewriting.marked import Text

_ANNOTATION = "mezzotint"


def workspace_edit(
    text: Text, hunks: Sequence[Hunk], label: str, client: ClientCapabilities
) -> types.ApplyWorkspaceEditParams:
    """What makes the hunks' changes to this version of a document, and to no other if possible."""
    edits = [types.TextEdit(text.range(hunk.span), text.own(hunk.text)) for hunk in hunks]
    uri = text.document.uri
    metadata = types.WorkspaceEditMetadata(is_refactoring=True) if client.can_tell_edits else None
    if not client.can_version_edits:
        edit = types.WorkspaceEdit(changes={uri: edits})
        return types.ApplyWorkspaceEditParams(edit, label, metadata)
    document = types.OptionalVersionedTextDocumentIdentifier(uri, text.document.version)
    if not client.can_annotate_edits:
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)])
        return types.ApplyWorkspaceEditParams(edit, label, metadata)
    annotated = [types.AnnotatedTextEdit(_ANNOTATION, it.range, it.new_text) for it in edits]
    annotation = types.ChangeAnnotation(label, needs_confirmation=False)
    edit = types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(document, annotated)],
        change_annotations={_ANNOTATION: annotation},
    )
    return types.ApplyWorkspaceEditParams(edit, label, metadata)
