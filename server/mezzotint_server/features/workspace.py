"""``workspace/didChangeWorkspaceFolders`` and ``didChangeWatchedFiles``: what is around the documents.

Files that are not open change too: another program writes them, a branch is checked out.
"""

from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from mezzotint_grammars import LANGUAGES
from mezzotint_server.features.configuration import look_up_configuration
from mezzotint_server.project.ignored import PATTERN_FILES
from mezzotint_server.session import MezzotintServer


def roots_of(server: MezzotintServer) -> tuple[Path, ...]:
    """The folders that the editor has open."""
    uris = list(server.workspace.folders) or [server.workspace.root_uri or ""]
    paths = (to_fs_path(uri) for uri in uris)
    return tuple(Path(path) for path in paths if path)


def watch_files(server: MezzotintServer) -> None:
    """Ask to be told of files that change, if the client can."""
    if not server.client.can_watch_files:
        return
    endings = ",".join(ending[1:] for language in LANGUAGES for ending in language.extensions)
    globs = [f"**/*.{{{endings}}}", *(f"**/{name}" for name in PATTERN_FILES)]
    options = types.DidChangeWatchedFilesRegistrationOptions(
        [types.FileSystemWatcher(glob) for glob in globs]
    )
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    server.client_register_capability(
        types.RegistrationParams([types.Registration("watched-files", method, options)])
    )


def did_change_folders(server: MezzotintServer, _: types.DidChangeWorkspaceFoldersParams) -> None:
    """Look at the folders that are open now, and no longer at those that are not."""
    server.project.set_roots(roots_of(server))
    look_up_configuration(server)


def did_change_watched_files(
    server: MezzotintServer, params: types.DidChangeWatchedFilesParams
) -> None:
    """Look again at what has changed."""
    paths = (to_fs_path(change.uri) for change in params.changes)
    server.project.files_changed([Path(path) for path in paths if path])
