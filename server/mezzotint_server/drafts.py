"""``mezzotint/draft``: the drafts of a fill, told to an editor that shows how they settle.

For one request, until it is answered or void. Knows what is sent and how often; neither holes nor
when and where a draft can be shown.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mezzotint_infill.hole import Draft, Piece
from mezzotint_server.positions import PositionEncoding

DRAFT = "mezzotint/draft"
MOST_PER_S = 30

MessageId = int | str


class Drafts:
    """The drafts for one request, of which so many a second are sent, and no two alike in turn."""

    def __init__(
        self,
        request: MessageId,
        send: Callable[[dict[str, Any]], object],
        is_wanted: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._send = send
        self._is_wanted = is_wanted
        self._clock = clock
        self._sent_at = float("-inf")
        self._last: list[dict[str, Any]] = []

    def tell(
        self,
        draft: Draft,
        line_break: str,
        encoding: PositionEncoding,
        where: Callable[[], Mapping[str, Any]] = dict[str, Any],
    ) -> None:
        """Send a draft, unless it is too early for one or too late.

        ``where`` says what the request itself does not.
        """
        now = self._clock()
        if now - self._sent_at < 1 / MOST_PER_S or not self._is_wanted():
            return
        gaps = [_written(gap, line_break, encoding) for gap in (draft.pieces, *draft.further)]
        if gaps == self._last:
            return
        self._sent_at, self._last = now, gaps
        first, *further = gaps
        others = {"further": further} if further else {}
        self._send({"requestId": self._request, "step": draft.step, **first, **others, **where()})


def part_of(draft: Draft, start: int, end: int) -> Draft:
    """What of a draft lies from ``start`` to ``end`` of its text."""
    pieces: list[Piece] = []
    at = 0
    for piece in draft.pieces:
        text = piece.text[max(0, start - at) : max(0, end - at)]
        if text:
            pieces.append(Piece(text, piece.certainty))
        at += len(piece.text)
    return Draft(draft.step, tuple(pieces))


def _written(
    pieces: Sequence[Piece], line_break: str, encoding: PositionEncoding
) -> dict[str, Any]:
    texts = [piece.text.replace("\n", line_break) for piece in pieces]
    certainties = [piece.certainty for piece in pieces]
    return {"text": "".join(texts), "spans": _spans(texts, certainties, encoding)}


def _spans(
    texts: Sequence[str], certainties: Sequence[float], encoding: PositionEncoding
) -> list[dict[str, Any]]:
    """Where in the text each piece lies, counted as columns are, and how certain it is."""
    spans: list[dict[str, Any]] = []
    at = 0
    for text, certainty in zip(texts, certainties, strict=True):
        end = at + sum(map(encoding.width, text))
        spans.append({"start": at, "end": end, "certainty": round(certainty, 3)})
        at = end
    return spans
