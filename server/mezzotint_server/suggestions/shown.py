"""What an editor shows at this moment, and what becomes of it as its user types on.

A suggestion is at its place from the answer on that brought it until it is accepted, rejected, or
gone because something else has changed. Knows documents and text; no models and no protocol.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import Enum

from mezzotint_server.cursor import Cursor
from mezzotint_server.documents import Document
from mezzotint_server.suggestions.spot import Rest, Spot, agrees, rest_of, typed_since

SEEN_AFTER_S = 0.5
"""What was there for a shorter time, nobody has read: who types over it has not rejected it."""
REMEMBERED = 64
"""Endings; an editor's word that something was accepted may come after the change itself."""


class Outcome(Enum):
    """What became of a suggestion."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """It was read, and something else was typed."""
    GONE = "gone"
    """Something else has changed, or it was there for too short a time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The suggestions at one place, of which some may have been typed meanwhile."""

    name: str
    """By which the editor says that it was accepted."""
    origin: Cursor
    """Where it was first shown, in the document as it was then."""
    at: Spot
    """What was around that place."""
    texts: tuple[str, ...]
    """Whole, from the origin on, best first."""
    is_asked: bool
    """Whether somebody asked for it by hand."""
    since: float
    typed: str = ""
    """How much has been typed of it."""
    last_at: Spot | None = None
    """Where it was shown last, if not at its origin."""

    @property
    def uri(self) -> str:
        return self.origin.document.uri

    @property
    def language(self) -> str:
        return self.origin.document.language

    def is_seen(self, now: float) -> bool:
        return now - self.since >= SEEN_AFTER_S

    def rests(self, spot: Spot) -> tuple[Rest, ...]:
        """What is left to show of each that still fits."""
        rests = (rest_of(text, self.at, spot) for text in self.texts)
        return tuple(dict.fromkeys(it for it in rests if it is not None and it.text.strip()))

    def typed_in(self, document: Document) -> str | None:
        """What stands at its origin now; ``None`` if that cannot be told."""
        longest = max(len(text) for text in self.texts)
        line, index = self.origin.line, self.origin.index
        return typed_since(self.at, document, line, index, 2 * longest + 1)


@dataclass(frozen=True, slots=True)
class Ending:
    """A suggestion, and what became of it."""

    shown: Shown
    outcome: Outcome
    text: str = ""
    """What was accepted."""
    was_seen: bool = True
    corrects: "Ending | None" = None
    """What was taken for its end before the editor said that it was accepted."""


class ShownFills:
    """What one editor shows, at most one place in each document."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}
        self._ended: OrderedDict[str, Ending] = OrderedDict()
        self._count = 0

    def at(self, uri: str) -> Shown | None:
        return self._shown.get(uri)

    def show(
        self, origin: Cursor, at: Spot, texts: tuple[str, ...], now: float, *, is_asked: bool
    ) -> tuple[Shown, Ending | None]:
        """Take the place of what was shown in the document before; that has ended."""
        ending = self.forget(origin.document.uri, now)
        self._count += 1
        shown = Shown(str(self._count), origin, at, texts, is_asked, now)
        self._shown[shown.uri] = shown
        return shown, ending

    def still_shown(self, shown: Shown, spot: Spot) -> None:
        """What is left of it is shown at this spot now."""
        self._shown[shown.uri] = replace(shown, last_at=spot)

    def follow(self, document: Document, now: float) -> Ending | None:
        """What a change to the document has made of what was shown there, if that has ended."""
        shown = self._shown.get(document.uri)
        if shown is None:
            return None
        typed = shown.typed_in(document)
        if typed is None:
            return self._end(shown, Outcome.GONE, now)
        if typed in shown.texts and len(typed) - len(shown.typed) > 1:
            return self._end(shown, Outcome.ACCEPTED, now, typed)
        if any(agrees(text, typed) for text in shown.texts):
            self._shown[shown.uri] = replace(shown, typed=typed)
            return None
        return self._end(shown, Outcome.REJECTED if shown.is_seen(now) else Outcome.GONE, now)

    def accept(self, name: str, now: float) -> Ending | None:
        """The editor says that it was accepted; nothing if that is known."""
        for shown in self._shown.values():
            if shown.name == name:
                return self._end(shown, Outcome.ACCEPTED, now, shown.texts[0])
        ended = self._ended.get(name)
        if ended is None or ended.outcome is Outcome.ACCEPTED:
            return None
        text = ended.shown.texts[0]
        return self._keep(Ending(ended.shown, Outcome.ACCEPTED, text, corrects=ended))

    def reject(self, name: str | None, now: float) -> Ending | None:
        """The user does not want it; without a name, what was shown last is meant."""
        for shown in reversed(self._shown.values()):
            if name in (None, shown.name):
                return self._end(shown, Outcome.REJECTED, now)
        return None

    def forget(self, uri: str, now: float) -> Ending | None:
        """It is shown no longer, for no reason that concerns it."""
        shown = self._shown.get(uri)
        return self._end(shown, Outcome.GONE, now) if shown else None

    def _end(self, shown: Shown, outcome: Outcome, now: float, text: str = "") -> Ending:
        del self._shown[shown.uri]
        was_seen = shown.is_seen(now) or outcome is not Outcome.GONE
        return self._keep(Ending(shown, outcome, text, was_seen))

    def _keep(self, ending: Ending) -> Ending:
        self._ended[ending.shown.name] = ending
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        return ending
