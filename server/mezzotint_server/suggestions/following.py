"""What becomes of suggestions: accepted, rejected or gone, by the document's changes and by commands.

Counts them, remembers what was rejected, and tells what was accepted. Asks for no fills.
"""

import time

from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Document
from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.shown import Ending, Outcome
from mezzotint_server.suggestions.tally import Counts


def follow_change(server: MezzotintServer, document: Document) -> Cursor | None:
    """Bring everything in line with a change; give back where what was accepted ends, if so."""
    now = time.monotonic()
    server.typist.key(now)
    server.underway.follow(document)
    ending = server.shown.follow(document, now)
    if ending is None:
        return None
    settle(server, ending)
    return _behind(ending, document) if ending.outcome is Outcome.ACCEPTED else None


def forget_document(server: MezzotintServer, uri: str) -> None:
    """It is opened anew or closed: nothing is shown in it or under way for it."""
    server.underway.stop(uri)
    server.reading_ahead.forget(uri)
    ending = server.shown.forget(uri, time.monotonic())
    if ending is not None:
        settle(server, ending)


def settle(server: MezzotintServer, ending: Ending) -> None:
    """Count a suggestion that has ended; remember one that was rejected."""
    if ending.outcome is Outcome.REJECTED:
        shown = ending.shown
        spot = shown.last_at or shown.at
        for rest in shown.rests(spot):
            server.rejected.add(shown.uri, spot, rest.text)
    counts = _counts(ending)
    if counts != Counts(counts.language):
        server.tally.add(counts)


def _counts(ending: Ending) -> Counts:
    language, corrects = ending.shown.language, ending.corrects
    before = _counts(corrects) if corrects is not None else Counts(language)
    return Counts(
        language,
        shown=ending.was_seen - before.shown,
        accepted=(ending.outcome is Outcome.ACCEPTED) - before.accepted,
        rejected=(ending.outcome is Outcome.REJECTED) - before.rejected,
        characters=len(ending.text) - before.characters,
    )


def _behind(ending: Ending, document: Document) -> Cursor:
    """Where a text that was put in ends."""
    origin, text = ending.shown.origin, ending.text
    breaks, last = text.count("\n"), text.rpartition("\n")[2]
    index = len(last) if breaks else origin.index + len(last)
    return Cursor(document, origin.line + breaks, index)
