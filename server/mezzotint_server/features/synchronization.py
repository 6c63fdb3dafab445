"""``textDocument/didOpen``, ``didChange`` and ``didClose``: keep the open documents as they are.

Whatever was being worked out for an older version is void at once.
"""

from lsprotocol import types

from mezzotint_server.session import MezzotintServer


def did_open(server: MezzotintServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take over the text; the file on disk is of no interest from now on."""
    server.newest.drop(params.text_document.uri)
    server.documents.open(params.text_document)


def did_change(server: MezzotintServer, params: types.DidChangeTextDocumentParams) -> None:
    """Follow the edits."""
    document = params.text_document
    server.newest.drop(document.uri)
    server.documents.change(document.uri, document.version, params.content_changes)


def did_close(server: MezzotintServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget the document."""
    server.newest.drop(params.text_document.uri)
    server.documents.close(params.text_document.uri)
    server.trees.forget(params.text_document.uri)
