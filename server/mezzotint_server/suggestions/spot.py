r"""A spot: a cursor's place in a text, told by what stands around it.

Two spots are the same if the text near them is, whatever has been edited farther away. Here is
decided what of a text filled in at one spot is left to be shown at another: that is what typing
through a suggestion comes to, and deleting back into it. Lines end in ``\n`` here. Nothing in this
file knows suggestions, models or the protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mezzotint_server.documents import Document
from mezzotint_server.holes import with_line_feeds

BEFORE = 1_000
AFTER = 500
MOST_CLOSERS = 3
_SOME_LINES = 25
"""Looked at together; mostly they have more text than is wanted."""
_CLOSERS = frozenset(")]}>\"'`")


@dataclass(frozen=True, slots=True)
class Spot:
    """The last ``BEFORE`` characters before a place and the first ``AFTER`` behind it."""

    before: str
    """Shorter only if that is all there is."""
    after: str

    def with_typed(self, text: str) -> "Spot":
        """The spot behind ``text``, once that has been put in here."""
        return Spot((self.before + text)[-BEFORE:], self.after)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to be shown of a text of which some has been typed."""

    text: str
    replaced: str = ""
    """What it takes the place of: all that is left of the cursor's line, mostly nothing."""
    typed: int = field(default=0, compare=False)
    """How much of the text there was before it."""


def spot_at(document: Document, line: int, index: int) -> Spot:
    """The spot before ``document.lines[line][index]``."""
    return Spot(_text_before(document, line, index), text_behind(document, line, index, AFTER))


def text_behind(document: Document, line: int, index: int, length: int) -> str:
    """The first so many characters behind a place; fewer if that is all there is."""
    text = with_line_feeds(document.lines[line][index:])
    first = line + 1
    while len(text) < length and first < len(document.lines):
        text += _lines(document, first, first + _SOME_LINES)
        first += _SOME_LINES
    return text[:length]


def rest_of(text: str, origin: Spot, spot: Spot) -> Rest | None:
    """What is left at ``spot`` of a text that was filled in at ``origin``.

    ``None`` if something else has been typed meanwhile, or somewhere else. Closing brackets and
    quotes that the editor has put in by itself behind the cursor are no difference: the text
    brings its own, in their place.
    """
    for closers in _closers_put_in(origin, spot):
        typed = _typed_of(text, origin, spot)
        if typed is None or (closers and not typed):
            return None
        return _without(text, len(typed), closers, origin)
    return None


def agrees(text: str, typed: str) -> bool:
    """Whether who typed this, or whose editor put closers behind it, may be typing the text."""
    if text.startswith(typed):
        return True
    closers = typed[len(typed.rstrip("".join(_CLOSERS))) :][-MOST_CLOSERS:]
    return any(
        text.startswith(typed[:-count]) and count < len(typed)
        for count in range(1, len(closers) + 1)
    )


def typed_since(origin: Spot, document: Document, line: int, index: int, most: int) -> str | None:
    """What has come to stand at a place of a document that was ``origin`` before.

    ``None`` if anything else near it has changed, or if it is longer than ``most``.
    """
    if not document.has_line(line) or _text_before(document, line, index) != origin.before:
        return None
    behind = text_behind(document, line, index, most + AFTER)
    for length in range(min(most, len(behind)) + 1):
        if behind[length : length + AFTER] == origin.after:
            return behind[:length]
    return None


def _closers_put_in(origin: Spot, spot: Spot) -> Iterator[str]:
    """With what the editor has put in, the text behind the cursor became what it is."""
    if spot.after == origin.after:
        yield ""
        return
    for count in range(1, MOST_CLOSERS + 1):
        closers = spot.after[:count]
        if _CLOSERS.issuperset(closers) and (closers + origin.after)[:AFTER] == spot.after:
            yield closers
            return


def _typed_of(text: str, origin: Spot, spot: Spot) -> str | None:
    for length in range(len(text) + 1):
        typed = text[:length]
        if spot.before.endswith(typed) and origin.with_typed(typed).before == spot.before:
            return typed
    return None


def _without(text: str, typed: int, closers: str, origin: Spot) -> Rest | None:
    rest = text[typed:]
    if rest.endswith(closers):
        return Rest(rest.removesuffix(closers), typed=typed)
    ends_line = origin.after[:1] in ("", "\n")
    return Rest(rest, closers, typed) if ends_line and _has_in_order(rest, closers) else None


def _has_in_order(text: str, wanted: str) -> bool:
    """VS Code shows nothing that takes the place of characters which it does not hold."""
    characters = iter(text)
    return all(each in characters for each in wanted)


def _text_before(document: Document, line: int, index: int) -> str:
    text = with_line_feeds(document.lines[line][:index])
    while len(text) < BEFORE and line > 0:
        text = _lines(document, max(0, line - _SOME_LINES), line) + text
        line -= _SOME_LINES
    return text[-BEFORE:]


def _lines(document: Document, first: int, end: int) -> str:
    return with_line_feeds("".join(document.lines[first:end]))
