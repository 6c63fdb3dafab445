"""A language server on standard input and output."""

from mezzotint_server.app import create_server
from mezzotint_server.engine import EngineClient
from mezzotint_server.log import set_up_logging
from mezzotint_server.settings import Settings


def serve_stdio(settings: Settings) -> int:
    """Serve one editor until it leaves; return the exit status that LSP asks for."""
    set_up_logging()
    server = create_server(_connect, settings)
    server.start_io()
    return 0 if server.is_shut_down else 1


def _connect(settings: Settings) -> EngineClient:
    # Not above: the HTTP client takes a tenth of a second to import, and the handshake comes first.
    from mezzotint_infill.remote import EngineInfiller

    return EngineInfiller(settings.model, settings.device, settings.idle_s)
