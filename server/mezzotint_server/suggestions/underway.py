"""The fills that are under way: at most one for each document, kept as long as it may be of use.

Who types what the newest draft says is waiting for that very fill: the work goes on, and the next
request joins it. Knows drafts and documents; no engine and no protocol.
"""

import asyncio
from collections.abc import Awaitable, Callable

from mezzotint_infill.hole import Draft
from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Document
from mezzotint_server.drafts import part_of
from mezzotint_server.suggestions.known import Ask
from mezzotint_server.suggestions.spot import Rest, Spot, agrees, rest_of, typed_since

Texts = tuple[str, ...]
Work = Callable[[Callable[[Draft], None]], Awaitable[Texts]]
"""Fills a hole, tells each draft, and gives back the fills, best first."""
Watch = Callable[[Draft], None]
"""Sees what of each draft can be shown where it was asked for."""


class Run:
    """One fill under way."""

    def __init__(self, cursor: Cursor, at: Spot, ask: Ask, work: Work) -> None:
        self.at = at
        self.ask = ask
        self.waiting = 0
        """How many requests wait for it."""
        self._cursor = cursor
        self._draft = ""
        self._wanted = at
        self._watches: list[tuple[Spot, Watch]] = []
        self._task = asyncio.ensure_future(work(self._take))

    @property
    def is_over(self) -> bool:
        return self._task.done()

    def stop(self) -> None:
        self._task.cancel()

    def fits(self, spot: Spot) -> bool:
        """Whether what it is about to say can be shown at this spot."""
        return spot == self.at or bool(self._draft and rest_of(self._draft, self.at, spot))

    def fits_change(self, document: Document) -> bool:
        """Whether the document is still as it was, but for what the draft says, too."""
        line, index = self._cursor.line, self._cursor.index
        typed = typed_since(self.at, document, line, index, 2 * len(self._draft) + 1)
        return typed is not None and agrees(self._draft, typed)

    async def rests_at(self, spot: Spot, watch: Watch | None = None) -> tuple[Rest, ...] | None:
        """What can be shown at a spot; ``None`` if the work was stopped or came to something else.

        Whoever cancels this does not stop the work.
        """
        self._wanted = spot
        self.waiting += 1
        watching = [(spot, watch)] if watch is not None else []
        self._watches += watching
        try:
            await asyncio.wait({self._task})
        finally:
            self.waiting -= 1
            for each in watching:
                self._watches.remove(each)
        if self._task.cancelled():
            return None
        rests = (rest_of(text, self.at, spot) for text in self._task.result())
        found = tuple(rest for rest in rests if rest is not None and rest.text.strip())
        return found if found or spot == self.at else None

    def _take(self, draft: Draft) -> None:
        """A draft; who waits may have typed something else by now."""
        self._draft = draft.text
        if not self.fits(self._wanted):
            self.stop()
            return
        for spot, watch in self._watches:
            rest = rest_of(self._draft, self.at, spot)
            if rest is not None and rest.text.strip() and not rest.replaced:
                watch(part_of(draft, rest.typed, rest.typed + len(rest.text)))


class Underway:
    """The runs of one editor."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def start(self, cursor: Cursor, at: Spot, ask: Ask, work: Work) -> Run:
        """Begin a fill. What is under way for the document, or for nobody, is stopped."""
        uri = cursor.document.uri
        self.stop(uri)
        for other in [each for each, run in self._runs.items() if not run.waiting]:
            self.stop(other)
        run = self._runs[uri] = Run(cursor, at, ask, work)
        return run

    def fitting(self, uri: str, ask: Ask, spot: Spot) -> Run | None:
        """What is under way already and can be waited for."""
        run = self._runs.get(uri)
        if run is None or run.is_over or run.ask != ask or not run.fits(spot):
            return None
        return run

    def follow(self, document: Document) -> None:
        """Stop what a change to the document has made void."""
        run = self._runs.get(document.uri)
        if run is not None and not run.fits_change(document):
            self.stop(document.uri)

    def stop(self, uri: str) -> None:
        """Stop what is under way for a document."""
        if (run := self._runs.pop(uri, None)) is not None:
            run.stop()

    def stop_all(self) -> None:
        """The editor leaves."""
        for uri in list(self._runs):
            self.stop(uri)
