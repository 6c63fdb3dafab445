"""What to suggest at a cursor: what is shown there already, what is known, what is under way, a fill.

The one way for ghost text and for the menu. Knows the session; how a suggestion is written on the
wire, the features know.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mezzotint_infill.errors import EngineError, InfillError, ModelError
from mezzotint_infill.hole import Draft
from mezzotint_infill.options import InfillOptions
from mezzotint_server.cursor import Cursor, hole_asked_for, hole_while_typing
from mezzotint_server.engine import Engine
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings
from mezzotint_server.suggestions.following import settle
from mezzotint_server.suggestions.known import Ask
from mezzotint_server.suggestions.spot import Rest, Spot, spot_at
from mezzotint_server.suggestions.underway import Run, Watch

_logger = logging.getLogger(__name__)

FILLED = "A fill took %.1f ms, the engine %.1f of them."
"""What the log says of each: the benchmark reads it."""
LOG_S = 0.005
"""It says so a moment later: somebody is waiting."""
GRACE_S = 2.0
"""The engine looks at its deadline between two steps; one this far over it gets no more time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A place where a suggestion is wanted, and what depends on nothing but that."""

    cursor: Cursor
    spot: Spot
    ask: Ask
    is_asked: bool
    """Whether somebody asked by hand."""
    settings: Settings
    can_replace: bool
    """Whether a suggestion may take the place of what is left of the line."""

    @property
    def uri(self) -> str:
        return self.cursor.document.uri

    @property
    def most(self) -> int:
        """How many suggestions there may be."""
        return self.settings.candidates if self.is_asked else 1

    def showable(self, rests: tuple[Rest, ...]) -> tuple[Rest, ...]:
        """Those that the editor can show."""
        return tuple(rest for rest in rests if self.can_replace or not rest.replaced)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What an editor is to show at one place, best first."""

    name: str
    """By which the editor says that one was accepted."""
    rests: tuple[Rest, ...]


def wish_at(server: MezzotintServer, cursor: Cursor, *, is_asked: bool) -> Wish | None:
    """``None`` where the user wants no suggestions."""
    document = cursor.document
    settings = server.settings_for(document)
    if not settings.covers(document.language) or not (is_asked or settings.automatic):
        return None
    ask = Ask(document.language, settings.model, _options(settings, is_asked=is_asked))
    spot = spot_at(document, cursor.line, cursor.index)
    can_replace = server.client.can_replace_rest_of_line and settings.replaces_rest_of_line
    return Wish(cursor, spot, ask, is_asked, settings, can_replace)


def known_rests(server: MezzotintServer, wish: Wish) -> tuple[Rest, ...] | None:
    """What can be shown without asking anybody; ``None`` if the engine must be asked.

    Who asks by hand while one suggestion is shown wants others beside it.
    """
    shown, left = server.shown.at(wish.uri), _left(server, wish)
    if shown is not None and left and (shown.is_asked or not wish.is_asked):
        return left
    known = server.known.find(wish.ask, wish.spot)
    return None if known is None else left + known


async def filled_rests(
    server: MezzotintServer, wish: Wish, watch: Watch | None = None
) -> tuple[Rest, ...]:
    """What the engine says, which may be at it already; ``watch`` sees its drafts."""
    run = server.underway.fitting(wish.uri, wish.ask, wish.spot)
    rests = await run.rests_at(wish.spot, watch) if run is not None else None
    if rests is None or (rests and not wish.showable(rests)):
        run = begin(server, wish, after_s=_pause_s(server, wish))
        rests = await run.rests_at(wish.spot, watch) or ()
    return _left(server, wish) + rests


def begin(server: MezzotintServer, wish: Wish, *, after_s: float) -> Run:
    """Have a hole filled in the background, after a while; what comes of it is known then."""
    work = partial(_fill, server, wish, after_s)
    return server.underway.start(wish.cursor, wish.spot, wish.ask, work)


def fill_ahead(server: MezzotintServer, cursor: Cursor) -> None:
    """A suggestion was accepted up to here: begin what will be asked for next."""
    wish = wish_at(server, cursor, is_asked=False)
    if wish is not None and server.known.find(wish.ask, wish.spot) is None:
        begin(server, wish, after_s=0.0)


def present(server: MezzotintServer, wish: Wish, rests: tuple[Rest, ...]) -> Suggestions | None:
    """Take note that this is shown from now on; ``None`` if nothing of it is to be shown."""
    rests = _presentable(server, wish, rests)[: wish.most]
    if not rests:
        return None
    shown = server.shown.at(wish.uri)
    if shown is not None and set(rests) <= set(shown.rests(wish.spot)):
        server.shown.still_shown(shown, wish.spot)
        return Suggestions(shown.name, rests)
    texts = tuple(rest.text for rest in rests)
    shown, ending = server.shown.show(
        wish.cursor, wish.spot, texts, time.monotonic(), is_asked=wish.is_asked
    )
    if ending is not None:
        settle(server, ending)
    return Suggestions(shown.name, rests)


def _left(server: MezzotintServer, wish: Wish) -> tuple[Rest, ...]:
    """What is left of the suggestions that are shown at this moment."""
    shown = server.shown.at(wish.uri)
    return wish.showable(shown.rests(wish.spot)) if shown is not None else ()


def _options(settings: Settings, *, is_asked: bool) -> InfillOptions:
    if is_asked:
        return InfillOptions(
            candidates=settings.candidates, deadline_ms=settings.invoked_deadline_ms
        )
    # What nobody asked for had better be right, or not be there.
    return InfillOptions(only_valid=True, deadline_ms=settings.deadline_ms)


def _pause_s(server: MezzotintServer, wish: Wish) -> float:
    """How long to wait whether this typist types on; who asks by hand is not kept waiting."""
    if wish.is_asked:
        return 0.0
    at_least, at_most = wish.settings.debounce_min_ms, wish.settings.debounce_max_ms
    return server.typist.wait_s(time.monotonic(), at_least / 1000, at_most / 1000)


def _presentable(server: MezzotintServer, wish: Wish, rests: tuple[Rest, ...]) -> tuple[Rest, ...]:
    return tuple(
        rest
        for rest in dict.fromkeys(wish.showable(rests))
        if rest.text.strip() and not server.rejected.has(wish.uri, wish.spot, rest.text)
    )


async def _fill(
    server: MezzotintServer, wish: Wish, after_s: float, tell: Callable[[Draft], None]
) -> tuple[str, ...]:
    """Whatever goes wrong, whoever waits gets no fills: nothing else would help them."""
    engine = server.engine
    if engine is None:
        return ()
    try:
        await asyncio.sleep(after_s)
        texts = await _texts(server, engine, wish, tell)
    except InfillError as error:
        if server.engine is engine and not server.is_shut_down:
            _tell(server, error)
    except TimeoutError:
        _logger.info("No suggestion: the time was up.")
    except Exception:
        _logger.exception("No suggestion: a fill failed.")
    else:
        if texts is not None:
            server.known.put(wish.ask, wish.spot, texts)
            return texts
    return ()


async def _texts(
    server: MezzotintServer, engine: Engine, wish: Wish, tell: Callable[[Draft], None]
) -> tuple[str, ...] | None:
    """The fills, best first; none if the best is that there be nothing, or no engine is up."""
    started = time.monotonic()
    if not await engine.is_up():
        return None
    find = hole_asked_for if wish.is_asked else hole_while_typing
    hole = await find(wish.cursor, server.trees, server.project)
    if hole is None:
        return ()
    options = wish.ask.options
    async with asyncio.timeout((options.deadline_ms or 0) / 1000 + GRACE_S):
        fill = await engine.fill(hole, options, on_draft=tell)
    taken_ms = 1000 * (time.monotonic() - started)
    asyncio.get_running_loop().call_later(LOG_S, _logger.info, FILLED, taken_ms, fill.ms.total)
    if not fill.text.strip():
        return ()
    return tuple(each.text for each in fill.candidates if each.text.strip())


def _tell(server: MezzotintServer, error: InfillError) -> None:
    _logger.warning("No suggestion: %s", error)
    if isinstance(error, EngineError):
        server.feedback.engine_lost()
    elif isinstance(error, ModelError):
        server.feedback.engine_failed(str(error))
