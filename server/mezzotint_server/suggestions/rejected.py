"""What somebody did not want, and where: it is not shown there again. Knows text alone."""

from collections import OrderedDict
from dataclasses import dataclass

from mezzotint_server.suggestions.spot import Spot

CAPACITY = 200
_TAIL = 200
_HEAD = 100
"""Nearer than what a fill is known by: an edit ten lines up makes no unwanted text wanted."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    uri: str
    tail: str
    head: str
    text: str


class Rejected:
    """The texts that were rejected last, each at its place in its document."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._refusals: OrderedDict[_Refusal, None] = OrderedDict()

    def add(self, uri: str, spot: Spot, text: str) -> None:
        refusal = _refusal(uri, spot, text)
        self._refusals[refusal] = None
        self._refusals.move_to_end(refusal)
        if len(self._refusals) > self._capacity:
            self._refusals.popitem(last=False)

    def has(self, uri: str, spot: Spot, text: str) -> bool:
        return _refusal(uri, spot, text) in self._refusals


def _refusal(uri: str, spot: Spot, text: str) -> _Refusal:
    return _Refusal(uri, spot.before[-_TAIL:], spot.after[:_HEAD], text)
