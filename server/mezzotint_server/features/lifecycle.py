"""``initialize``, ``initialized`` and ``shutdown``.

The handshake touches no engine: it is over before the editor can notice.
"""

from lsprotocol import types

from mezzotint_server.capabilities import resolve_capabilities
from mezzotint_server.documents import Documents
from mezzotint_server.features.workspace import roots_of, watch_files
from mezzotint_server.project.project import Project
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import resolve_settings


def initialize(server: MezzotintServer, params: types.InitializeParams) -> None:
    """Settle what holds for this editor."""
    server.client = resolve_capabilities(params.capabilities)
    server.documents = Documents(server.client.encoding)
    server.settings, server.setting_problems = resolve_settings(
        params.initialization_options, server.settings
    )
    server.project = Project(roots_of(server))


def initialized(server: MezzotintServer, _: types.InitializedParams) -> None:
    """Now messages may be sent: say what was wrong with the settings, and start the engine."""
    server.feedback.bad_settings(server.setting_problems)
    if server.settings.enabled:
        server.start_engine()
        server.project.start()
        watch_files(server)


def shutdown(server: MezzotintServer, _: None) -> None:
    """Let go of the engine. It is shared: it stays, and leaves when nobody uses it.

    Not a coroutine: nothing that comes after ``shutdown`` may overtake it.
    """
    server.is_shut_down = True
    server.project.stop()
    if server.engine is not None:
        server.engine.leave()
