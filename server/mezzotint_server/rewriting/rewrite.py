"""Rewriting and filling what somebody has marked: from the places to the edit that the editor makes.

Whatever cannot be done, the user is told in a sentence. Knows the session; what commands look like
on the wire, the features know.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mezzotint_grammars.span import Span
from mezzotint_infill.errors import InfillError
from mezzotint_infill.hole import Draft, Fill, Hole, Rewrite
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.options import InfillOptions
from mezzotint_server import feedback as say
from mezzotint_server.rewriting.hole import hole_to_rewrite, hole_with_gaps
from mezzotint_server.rewriting.hunks import Hunk, hunks_between
from mezzotint_server.rewriting.marked import RefusedError, Text
from mezzotint_server.rewriting.moving import MovingPlaces
from mezzotint_server.rewriting.offer import Fate, Offer
from mezzotint_server.rewriting.workspace_edit import workspace_edit
from mezzotint_server.session import MezzotintServer

_logger = logging.getLogger(__name__)

GRACE_S = 2.0
"""The engine looks at its deadline between two steps; one this far over it gets no more time."""
ATTEMPTS = 3
"""How often an edit is sent that changes elsewhere in the document have overtaken."""


class Plan(Protocol):
    """What is to become of some places."""

    @property
    def label(self) -> str:
        """What the editor calls it, also when it is undone."""
        ...

    @property
    def spans(self) -> tuple[Span, ...]:
        """The places, in order and apart."""
        ...

    async def hole(self, server: MezzotintServer, text: Text) -> Hole:
        """What the engine is asked."""
        ...

    def new_texts(self, text: Text, fill: Fill) -> tuple[str, ...]:
        """What each of the places becomes."""
        ...


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One region is changed where it stands."""

    label: str
    region: Span
    rewrite: Rewrite
    comment: Span | None = None
    """The comment right before it that said what to do, and goes."""

    @property
    def spans(self) -> tuple[Span, ...]:
        return (Span(self.comment.start if self.comment else self.region.start, self.region.end),)

    async def hole(self, server: MezzotintServer, text: Text) -> Hole:
        return await hole_to_rewrite(text, self.region, self.rewrite, server.trees, server.project)

    def new_texts(self, text: Text, fill: Fill) -> tuple[str, ...]:
        return (fill.text,)


@dataclass(frozen=True, slots=True)
class Filling:
    """Several gaps are filled together; what stands in them goes."""

    label: str
    spans: tuple[Span, ...]

    async def hole(self, server: MezzotintServer, text: Text) -> Hole:
        return await hole_with_gaps(text, self.spans, server.trees, server.project)

    def new_texts(self, text: Text, fill: Fill) -> tuple[str, ...]:
        """A gap for which nothing was found stays as it is."""
        found = (fill.text, *fill.further)
        return tuple(
            new if new.strip() else text.text[span.start : span.end]
            for span, new in zip(self.spans, found, strict=True)
        )


async def carry_out(server: MezzotintServer, text: Text, plan: Plan) -> None:
    """Do what is planned, and tell the user if it cannot be done."""
    places = MovingPlaces(text, plan.spans)
    uri = text.document.uri
    current = server.documents.get(uri)
    if current is None:
        return
    if current is not text.document:
        places.follow(current)
    await server.rewritings.run(uri, places, _work(server, text, plan, places))


async def _work(server: MezzotintServer, text: Text, plan: Plan, places: MovingPlaces) -> None:
    task = asyncio.current_task()
    progress = server.new_progress(plan.label, task.cancel if task else lambda: None)
    progress.begin(say.WORKING)
    try:
        fill = await _fill(server, text, plan, places)
        await _apply(server, places, plan.label, plan.new_texts(text, fill))
        if fill.note:
            server.feedback.note(fill.note)
    except (RefusedError, InfillError) as problem:
        server.feedback.refuse(str(problem))
    except TimeoutError:
        server.feedback.refuse(say.OUT_OF_TIME)
    except Exception:
        _logger.exception("A rewriting failed.")
        server.feedback.refuse(say.REWRITING_FAILED)
    finally:
        progress.end("")


async def _fill(server: MezzotintServer, text: Text, plan: Plan, places: MovingPlaces) -> Fill:
    """What the engine says; it is stopped if nothing can come of that any more."""
    if places.are_lost:
        raise RefusedError(say.CHANGED_MEANWHILE)
    asking = asyncio.create_task(_ask(server, text, plan, _watch(server, text, places)))
    places.when_lost(asking.cancel)
    try:
        fill = await asking
    except asyncio.CancelledError:
        if places.are_lost:
            raise RefusedError(say.CHANGED_MEANWHILE) from None
        raise
    if not any(each.strip() for each in (fill.text, *fill.further)):
        raise RefusedError(say.NOTHING_FOUND)
    return fill


def _watch(server: MezzotintServer, text: Text, places: MovingPlaces) -> DraftListener | None:
    """Sends the drafts to an editor that shows them, as long as the places are there."""
    drafts = server.drafts_for(text.document)
    if drafts is None:
        return None
    line_break, encoding = text.document.line_break, server.client.encoding

    def where() -> dict[str, Any]:
        document = places.text.document
        ranges = [places.text.range(span) for span in places.spans]
        return {"uri": document.uri, "version": document.version, "ranges": ranges}

    def tell(draft: Draft) -> None:
        if not places.are_lost:
            drafts.tell(draft, line_break, encoding, where)

    return tell


async def _ask(
    server: MezzotintServer, text: Text, plan: Plan, watch: DraftListener | None
) -> Fill:
    engine = server.engine
    if engine is None or not await engine.is_up():
        raise RefusedError(say.NOT_READY_TO_REWRITE)
    limit_ms = server.settings_for(text.document).rewrite_deadline_ms
    hole = await plan.hole(server, text)
    async with asyncio.timeout(limit_ms / 1000 + GRACE_S):
        return await engine.fill(hole, InfillOptions(deadline_ms=limit_ms), on_draft=watch)


async def _apply(
    server: MezzotintServer, places: MovingPlaces, label: str, new_texts: Sequence[str]
) -> None:
    """Have the editor make the edit, wherever the places are by now."""
    for _ in range(ATTEMPTS):
        if places.are_lost:
            break
        now = places.text
        hunks = _hunks(now, places.spans, new_texts)
        if not hunks:
            raise RefusedError(say.NOTHING_FOUND)
        offer = Offer(now.text, hunks)
        server.rewritings.offer(now.document.uri, offer)
        # Whoever cancels this may not cancel what pygls gives to its futures (pygls #621).
        edit = workspace_edit(now, hunks, label, server.client)
        answer = await asyncio.shield(
            asyncio.ensure_future(server.workspace_apply_edit_async(edit))
        )
        offer.answer(says_applied=answer.applied)
        if offer.fate is not Fate.OVERTAKEN:
            return
    raise RefusedError(say.CHANGED_MEANWHILE)


def _hunks(text: Text, spans: Sequence[Span], new_texts: Sequence[str]) -> list[Hunk]:
    return [
        hunk
        for span, new in zip(spans, new_texts, strict=True)
        for hunk in hunks_between(text.text[span.start : span.end], new, span.start)
    ]
