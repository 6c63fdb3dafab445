"""The server object: everything that one connected editor has, and that features share."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from threading import Event
from typing import Any

from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from mezzotint_infill.version import VERSION
from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.configuration import Configuration
from mezzotint_server.documents import Document, Documents
from mezzotint_server.drafts import DRAFT, Drafts
from mezzotint_server.engine import Engine, EngineClient
from mezzotint_server.feedback import PROGRESS_TITLE, SNOOZING, TURNED_OFF, Feedback
from mezzotint_server.log import set_log_level
from mezzotint_server.newest import NewestWins
from mezzotint_server.progress import WorkDoneProgress
from mezzotint_server.project.project import Project
from mezzotint_server.protocol import MezzotintProtocol
from mezzotint_server.providers import Providers
from mezzotint_server.rewriting.running import Rewritings
from mezzotint_server.settings import Settings
from mezzotint_server.status import Standing, Status
from mezzotint_server.suggestions.known import KnownFills
from mezzotint_server.suggestions.reading_ahead import ReadingAhead
from mezzotint_server.suggestions.rejected import Rejected
from mezzotint_server.suggestions.shown import ShownFills
from mezzotint_server.suggestions.tally import Tally
from mezzotint_server.suggestions.typist import Typist
from mezzotint_server.suggestions.underway import Underway
from mezzotint_server.switch import Switch
from mezzotint_server.trees import Trees

_logger = logging.getLogger(__name__)

STATUS = "mezzotint/status"
COPILOT_STATUS = "didChangeStatus"
"""The shape that clients of Copilot's language server understand."""
STATUS_S = 0.01
"""So long whoever waits for an answer goes first."""

Connect = Callable[[Settings], EngineClient]
"""Makes the client of the engine that the settings ask for; starts nothing."""


class MezzotintServer(LanguageServer):
    """One editor. What it can do is known once ``initialize`` is done; what it wants may change."""

    def __init__(self, connect: Connect, settings: Settings) -> None:
        # pygls passes keywords on to its base classes without saying which.
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "mezzotint", VERSION, protocol_cls=MezzotintProtocol
        )
        self._connect = connect
        self.configuration = Configuration(settings)
        self.switch = Switch(self.settle)
        self.client = ClientCapabilities()
        self.documents = Documents()
        self.trees = Trees()
        self.project = Project()
        self.newest = NewestWins()
        self.typist = Typist()
        self.shown = ShownFills()
        self.known = KnownFills()
        self.rejected = Rejected()
        self.underway = Underway()
        self.reading_ahead = ReadingAhead()
        self.rewritings = Rewritings()
        self.tally = Tally()
        self.feedback = Feedback(self.window_show_message)
        self.status = Status(self._tell_status)
        self.providers = Providers(
            self.client_register_capability, self.client_unregister_capability
        )
        self.engine: Engine | None = None
        self._looking_up: asyncio.Task[None] | None = None
        self._reached: tuple[str, str | None, str, float] | None = None
        self.is_shut_down = False
        """Whether the client has asked for it, as it must before ``exit``."""

    @property
    def settings(self) -> Settings:
        """What holds for the editor as a whole."""
        return self.configuration.settings

    def settings_for(self, document: Document) -> Settings:
        """What holds for a document, right now."""
        here = self.configuration.at(document.uri, document.language)
        return replace(here, enabled=False) if self.switch.is_off else here

    def settle(self) -> None:
        """Bring everything in line with what is wanted now."""
        if self.is_shut_down:
            return
        self.feedback.bad_settings(self.configuration.new_problems())
        set_log_level(self.settings.log_level)
        self.status.turn_off(self._reason_for_silence())
        if self._reason_for_silence():
            self.reading_ahead.stop()
        else:
            self.start_engine()
            self.project.start()

    def start_engine(self) -> None:
        """Connect to the engine that the settings ask for, and bring it up in the background."""
        settings = self.settings
        wanted = (settings.model, settings.device, settings.plan, settings.idle_s)
        if wanted == self._reached:
            return
        if self.engine is not None:
            self.engine.leave()
            self.reading_ahead.stop()
            # What the other model suggested is not what this one does.
            self.shown = ShownFills()
        self._reached = wanted
        client = self._connect(settings)
        self.engine = Engine(client, self.feedback, self.new_progress, settings.idle_s, self.status)
        self.engine.start()

    def new_progress(
        self, title: str = PROGRESS_TITLE, cancel: Callable[[], object] | None = None
    ) -> WorkDoneProgress:
        """A line of progress; with ``cancel``, for something that the user may cancel."""
        lines = self.work_done_progress if self.client.can_show_progress else None
        return WorkDoneProgress(lines, title, cancel)

    def drafts_for(self, document: Document) -> Drafts | None:
        """Sends drafts for the request that is being handled, to an editor that shows them."""
        request, task = self.protocol.msg_id, asyncio.current_task()
        is_shown = self.client.can_show_drafts and self.settings_for(document).drafts
        if not is_shown or request is None or task is None:
            return None

        def is_wanted() -> bool:
            # A request that has just been cancelled, or made void by a change, has not noticed yet.
            return not task.cancelling()

        def send(params: dict[str, Any]) -> None:
            self.protocol.notify(DRAFT, params)

        return Drafts(request, send, is_wanted)

    def start_looking_up(self, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` that asks for the settings, instead of what asked for them before."""
        if self._looking_up is not None:
            self._looking_up.cancel()
        self._looking_up = asyncio.create_task(work)

    @property
    def is_looking_up(self) -> bool:
        """Whether the client was asked for the settings and has not told them yet."""
        return self._looking_up is not None and not self._looking_up.done()

    def leave(self) -> None:
        """Let go of everything: the editor leaves."""
        if self.is_shut_down:
            return
        self.is_shut_down = True
        self.switch.stop()
        if self._looking_up is not None:
            self._looking_up.cancel()
        self.underway.stop_all()
        self.reading_ahead.stop()
        self.project.stop()
        if self.engine is not None:
            self.engine.leave()

    def listen(self) -> Event:
        """What is set once the client has said goodbye."""
        self._stop_event = Event()
        return self._stop_event

    def hang_up(self) -> None:
        """Read no more: the client has said goodbye."""
        if self._stop_event is not None:
            self._stop_event.set()

    def report_server_error(
        self, error: Exception, source: type[PyglsError | JsonRpcException]
    ) -> None:
        """One line in the log; pygls would open a message box for each."""
        _logger.warning("%s: %s", source.__name__, type(error).__name__)

    def _reason_for_silence(self) -> str:
        """Why the user wants no suggestions; empty if there may be some."""
        if self.switch.is_snoozing:
            return SNOOZING
        is_wanted = self.configuration.wants_suggestions and not self.switch.is_off
        return "" if is_wanted else TURNED_OFF

    def _tell_status(self, standing: Standing) -> None:
        if self.is_shut_down:
            return
        self.providers.follow(standing)
        # It changes when a fill begins and ends: somebody is waiting for that.
        asyncio.get_running_loop().call_later(STATUS_S, self._send_status, standing)

    def _send_status(self, standing: Standing) -> None:
        if self.settings.status and not self.is_shut_down:
            self.protocol.notify(STATUS, standing.wire)
            self.protocol.notify(COPILOT_STATUS, standing.copilot)
