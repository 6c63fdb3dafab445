"""The fills that are known already, by what stands around their places.

A fill is known for the text near its hole, on both sides: a fill that is right before one suffix is
wrong before another. Knows no documents and no models.
"""

from collections import OrderedDict
from dataclasses import dataclass

from mezzotint_infill.options import InfillOptions
from mezzotint_server.suggestions.spot import Rest, Spot

CAPACITY = 200
REACH = 128
"""A fill is found by so many of its characters that were typed since."""
_TAIL = 512
_HEAD = 256


@dataclass(frozen=True, slots=True)
class Ask:
    """What an answer depends on beside the text around the place."""

    language: str
    model: str
    options: InfillOptions


_Key = tuple[int, str, str]
"""The hash of an ask and what stands before and behind the place. With the ask itself all of its
options would be hashed anew for each of the keys that are tried."""


class KnownFills:
    """The fills that were asked for last; of those that nobody asked for again the oldest go."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._known: OrderedDict[_Key, tuple[Ask, tuple[str, ...]]] = OrderedDict()

    def put(self, ask: Ask, spot: Spot, texts: tuple[str, ...]) -> None:
        """Remember the fills for a spot, best first; none is an answer as well."""
        key = (hash(ask), spot.before[-_TAIL:], spot.after[:_HEAD])
        self._known[key] = ask, texts
        self._known.move_to_end(key)
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def find(self, ask: Ask, spot: Spot) -> tuple[Rest, ...] | None:
        """What is left to show of fills for this spot, or for one a few typed characters before.

        ``None`` if nothing is known.
        """
        asked, before, head = hash(ask), spot.before, spot.after[:_HEAD]
        for typed in range(min(REACH, len(before)) + 1):
            end = len(before) - typed
            key = (asked, before[max(0, end - _TAIL) : end], head)
            known = self._known.get(key)
            if known is None or known[0] != ask:
                continue
            rests = _rests(known[1], spot, typed)
            if rests or typed == 0:
                self._known.move_to_end(key)
                return rests
        return None

    def __len__(self) -> int:
        return len(self._known)


def _rests(texts: tuple[str, ...], spot: Spot, typed: int) -> tuple[Rest, ...]:
    """What is left of texts of which exactly so much has been typed."""
    start = spot.before[len(spot.before) - typed :]
    if typed == 0:
        return tuple(map(Rest, texts))
    left = (text.removeprefix(start) for text in texts if text.startswith(start))
    return tuple(Rest(text) for text in left if text.strip())
