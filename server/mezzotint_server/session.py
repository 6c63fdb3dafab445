"""The server object: everything that one connected editor has, and that features share."""

import logging
from collections.abc import Callable
from importlib.metadata import version

from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.documents import Documents
from mezzotint_server.engine import Engine, EngineClient
from mezzotint_server.feedback import PROGRESS_TITLE, Feedback
from mezzotint_server.newest import NewestWins
from mezzotint_server.progress import WorkDoneProgress
from mezzotint_server.project.project import Project
from mezzotint_server.protocol import MezzotintProtocol
from mezzotint_server.settings import Settings
from mezzotint_server.trees import Trees

_logger = logging.getLogger(__name__)

Connect = Callable[[Settings], EngineClient]
"""Makes the client of the engine that the settings ask for; starts nothing."""


class MezzotintServer(LanguageServer):
    """One editor. Settings, client and engine are what they are once ``initialize`` is done."""

    def __init__(self, connect: Connect, settings: Settings) -> None:
        # pygls passes keywords on to its base classes without saying which.
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "mezzotint", version("mezzotint"), protocol_cls=MezzotintProtocol
        )
        self._connect = connect
        self.settings = settings
        self.setting_problems: tuple[str, ...] = ()
        self.client = ClientCapabilities()
        self.documents = Documents()
        self.trees = Trees()
        self.project = Project()
        self.newest = NewestWins()
        self.feedback = Feedback(self.window_show_message)
        self.engine: Engine | None = None
        self.is_shut_down = False
        """Whether the client has asked for it, as it must before ``exit``."""

    def start_engine(self) -> None:
        """Connect to the engine that the settings ask for, and bring it up in the background."""
        client = self._connect(self.settings)
        self.engine = Engine(client, self.feedback, self._new_progress, self.settings.idle_s)
        self.engine.start()

    def report_server_error(
        self, error: Exception, source: type[PyglsError | JsonRpcException]
    ) -> None:
        """One line in the log; pygls would open a message box for each."""
        _logger.warning("%s: %s", source.__name__, type(error).__name__)

    def _new_progress(self) -> WorkDoneProgress:
        lines = self.work_done_progress if self.client.can_show_progress else None
        return WorkDoneProgress(lines, PROGRESS_TITLE)
