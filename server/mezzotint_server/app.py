"""The composition root: a server with all of its features."""

from lsprotocol import types

from mezzotint_server.features.acceptance import ACCEPT, REJECT, accept, reject
from mezzotint_server.features.code_action import OPTIONS as CODE_ACTION_OPTIONS
from mezzotint_server.features.code_action import code_action
from mezzotint_server.features.code_action_resolve import resolve_code_action
from mezzotint_server.features.completion import OPTIONS as COMPLETION_OPTIONS
from mezzotint_server.features.completion import completion, resolve_completion
from mezzotint_server.features.configuration import did_change_configuration
from mezzotint_server.features.inline_completion import OPTIONS, inline_completion
from mezzotint_server.features.lifecycle import initialize, initialized, shutdown
from mezzotint_server.features.rewriting import (
    FILL_HOLES,
    REPAIR,
    REWRITE,
    fill_holes,
    repair,
    rewrite,
)
from mezzotint_server.features.switching import (
    DISABLE,
    ENABLE,
    SNOOZE,
    disable,
    enable,
    snooze,
)
from mezzotint_server.features.synchronization import did_change, did_close, did_open, did_save
from mezzotint_server.features.workspace import did_change_folders, did_change_watched_files
from mezzotint_server.session import Connect, MezzotintServer
from mezzotint_server.settings import Settings


def create_server(connect: Connect, settings: Settings) -> MezzotintServer:
    """A server for one editor, not yet listening.

    ``settings`` hold where the editor does not say otherwise; ``connect`` is called once they
    are settled.
    """
    server = MezzotintServer(connect, settings)
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.SHUTDOWN)(shutdown)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_folders)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, OPTIONS)(inline_completion)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, COMPLETION_OPTIONS)(completion)
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve_completion)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, CODE_ACTION_OPTIONS)(code_action)
    server.feature(types.CODE_ACTION_RESOLVE)(resolve_code_action)
    server.command(REWRITE)(rewrite)
    server.command(REPAIR)(repair)
    server.command(FILL_HOLES)(fill_holes)
    server.command(ACCEPT)(accept)
    server.command(REJECT)(reject)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    server.command(ENABLE)(enable)
    server.command(DISABLE)(disable)
    server.command(SNOOZE)(snooze)
    return server
