"""``textDocument/didOpen``, ``didChange``, ``didSave``, ``didClose``: the open documents as they are.

Whatever was being worked out for an older version is void at once.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from mezzotint_server.documents import split_lines
from mezzotint_server.project.texts import LineEdit
from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.following import follow_change, forget_document
from mezzotint_server.suggestions.read_ahead import read_ahead
from mezzotint_server.suggestions.suggesting import fill_ahead


def did_open(server: MezzotintServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take over the text; the file on disk is of no interest from now on."""
    server.newest.drop(params.text_document.uri)
    forget_document(server, params.text_document.uri)
    server.rewritings.forget(params.text_document.uri)
    server.documents.open(params.text_document)
    document = server.documents.get(params.text_document.uri)
    if document is not None:
        server.trees.prepare(document.language)
        server.project.open(document, _path(document.uri))


def did_change(server: MezzotintServer, params: types.DidChangeTextDocumentParams) -> None:
    """Follow the edits."""
    document = params.text_document
    server.newest.drop(document.uri)
    server.documents.change(document.uri, document.version, params.content_changes)
    changed = server.documents.get(document.uri)
    if changed is not None:
        server.rewritings.follow(changed)
        accepted_until = follow_change(server, changed)
        if accepted_until is not None:
            fill_ahead(server, accepted_until)
        server.project.change(changed, line_edits(params.content_changes))
        read_ahead(server, changed, params.content_changes)


def did_save(server: MezzotintServer, params: types.DidSaveTextDocumentParams) -> None:
    """The text is known; of a file that says what is ignored, that it counts from now on."""
    path = _path(params.text_document.uri)
    if path is not None:
        server.project.files_changed([path])
    if not server.client.can_watch_files:
        server.project.look_again()


def did_close(server: MezzotintServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget the document."""
    server.newest.drop(params.text_document.uri)
    forget_document(server, params.text_document.uri)
    server.rewritings.forget(params.text_document.uri)
    server.documents.close(params.text_document.uri)
    server.trees.forget(params.text_document.uri)
    server.project.close(params.text_document.uri)


def line_edits(changes: Iterable[types.TextDocumentContentChangeEvent]) -> Iterator[LineEdit]:
    """Which lines became which; a text that is new as a whole says nothing about that."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            first, last = sorted((change.range.start.line, change.range.end.line))
            yield LineEdit(first, last, first + len(split_lines(change.text)) - 1)


def _path(uri: str) -> Path | None:
    path = to_fs_path(uri)
    return Path(path) if path else None
