"""``initialize``, ``initialized`` and ``shutdown``.

The handshake touches no engine: it is over before the editor can notice.
"""

from lsprotocol import types

from mezzotint_server.capabilities import resolve_capabilities
from mezzotint_server.documents import Documents
from mezzotint_server.features.configuration import follow_configuration
from mezzotint_server.features.workspace import roots_of, watch_files
from mezzotint_server.project.project import Project
from mezzotint_server.session import MezzotintServer


def initialize(server: MezzotintServer, params: types.InitializeParams) -> None:
    """Settle what holds for this editor."""
    server.client = resolve_capabilities(params.capabilities, params.client_info)
    server.documents = Documents(server.client.encoding)
    server.configuration.start(params.initialization_options)
    server.project = Project(roots_of(server))


def initialized(server: MezzotintServer, _: types.InitializedParams) -> None:
    """Now messages may be sent: ask what is configured, and bring everything in line with it."""
    server.feedback.bad_settings(server.configuration.new_problems())
    watch_files(server)
    follow_configuration(server)


def shutdown(server: MezzotintServer, _: None) -> None:
    """Let go of the engine. It is shared: it stays, and leaves when nobody uses it.

    Not a coroutine: nothing that comes after ``shutdown`` may overtake it.
    """
    server.leave()
