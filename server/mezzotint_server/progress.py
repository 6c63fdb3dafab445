"""Work-done progress that the server begins: the editor's line that says what it is waiting for.

Nothing here knows what is being done.
"""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import Future

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress


class WorkDoneProgress:
    """One line of progress, begun as soon as the client has agreed to it.

    Nobody waits for that: the work goes on meanwhile, and of what is reported before, the last
    is shown. A client that cannot show progress (``lines`` is ``None``) is told nothing.
    """

    def __init__(
        self, lines: Progress | None, title: str, cancel: Callable[[], object] | None = None
    ) -> None:
        """``cancel`` is what to do when the user wants no more of it, if they may say so."""
        self._cancel = cancel
        self._lines = lines
        self._title = title
        self._token = str(uuid.uuid4())
        self._last = types.WorkDoneProgressReport()
        self._has_begun = False
        self._is_over = False
        self._opening: asyncio.Task[None] | None = None

    def begin(self, message: str) -> None:
        """Ask the client for a line, and show ``message`` in it."""
        self._last = types.WorkDoneProgressReport(message=message)
        if self._lines is not None:
            self._opening = asyncio.create_task(self._open(self._lines))

    def report(self, message: str, share: float | None = None) -> None:
        """Show ``message`` instead, with the ``share`` from 0 to 1 that is done, if known."""
        report = types.WorkDoneProgressReport(
            message=message, percentage=None if share is None else round(100 * share)
        )
        if report == self._last:
            return
        self._last = report
        if self._lines is not None and self._has_begun:
            self._lines.report(self._token, report)

    def end(self, message: str) -> None:
        """Take the line away; a client that has not agreed yet sees it come and go."""
        self._is_over = True
        self._last = types.WorkDoneProgressReport(message=message)
        if self._lines is not None and self._has_begun:
            self._lines.end(self._token, types.WorkDoneProgressEnd(message=message))
            self._lines.tokens.pop(self._token, None)  # pygls keeps them for ever

    async def _open(self, lines: Progress) -> None:
        try:
            # pygls does not say what its answer holds: nothing.
            await lines.create_async(self._token)  # pyright: ignore[reportUnknownMemberType]
        except JsonRpcException:
            return  # The client would rather not.
        self._has_begun = True
        if self._cancel is not None:
            lines.tokens[self._token].add_done_callback(self._hear)
        last = self._last
        lines.begin(
            self._token,
            types.WorkDoneProgressBegin(
                self._title,
                cancellable=True if self._cancel is not None else None,
                message=last.message,
                percentage=last.percentage,
            ),
        )
        if self._is_over:
            lines.end(self._token, types.WorkDoneProgressEnd(message=last.message))
            lines.tokens.pop(self._token, None)

    def _hear(self, token: "Future[None]") -> None:
        if self._cancel is not None and token.cancelled() and not self._is_over:
            self._cancel()
