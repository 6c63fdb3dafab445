"""Which candidates are shown, and in which order.

The better ones as long as they fit; then in an order that stays. What was shown once is kept,
at its place, for as long as it is good: what the engine has encoded of the prompt's start depends
on it. Knows no files and no languages.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mezzotint_server.project.snippet import Reason, Snippet, TokenCounter

SHARE_OF_A_REASON = 0.5
"""No reason may take more of the budget than this."""
TOO_LITTLE = 12
"""Tokens. Where no more is left, nothing is looked for that would fit."""
KEPT_LINES = 60
"""A hole this near to the last one keeps what was shown there."""
KEPT_WORTH = 0.5
"""What was shown is given up when what is best now has less than this in common with it."""

Key = tuple[Reason, str, str]
"""A reason, a file, and a name or a place in it: what stays the same while the text changes."""


class Candidate(NamedTuple):
    """A piece that may be worth showing. A tuple, as there are a hundred for each hole."""

    key: Key
    score: float
    path: str
    line: int
    """Orders those of one file."""
    tell: Callable[[], "Telling"]
    """What is shown, which is worked out for those only that may fit."""


class Telling(NamedTuple):
    """A text, and the lines that it is about."""

    text: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, in the order that it is shown."""

    uri: str
    line: int
    """Where the hole was when it was chosen afresh."""
    budget: int
    keys: tuple[Key, ...]
    snippets: tuple[Snippet, ...]

    def is_for(self, uri: str, line: int, budget: int) -> bool:
        """Whether a hole there is near enough to keep what was chosen."""
        is_same = (self.uri, self.budget) == (uri, budget)
        return is_same and abs(self.line - line) <= KEPT_LINES


def select(
    candidates: Iterable[Candidate],
    uri: str,
    line: int,
    budget: int,
    count: TokenCounter,
    last: Selection | None = None,
) -> Selection:
    """Choose for a hole in this line of this document, not far from what was chosen last."""
    ranked, told = _ranked(candidates), _Teller(count)
    best = _fitting(ranked, budget, told)
    if last is None or not last.is_for(uri, line, budget):
        return _selection(uri, line, budget, _in_order(best))
    by_key = {each.key: each for each in ranked}
    kept = _leading([told(by_key[key]) for key in last.keys if key in by_key], budget)
    kept_keys = {each.candidate.key for each in kept}
    new = [each for each in best if each.candidate.key not in kept_keys]
    if _tokens(new) > (1 - KEPT_WORTH) * _tokens(best):
        return _selection(uri, line, budget, _in_order(best))
    fitting = _fitting([each.candidate for each in new], budget - _tokens(kept), told, share=1.0)
    return _selection(uri, last.line, budget, [*kept, *_in_order(fitting)])


@dataclass(frozen=True, slots=True)
class _Told:
    candidate: Candidate
    telling: Telling
    tokens: int

    @property
    def snippet(self) -> Snippet:
        text, first, last = self.telling
        return Snippet(self.candidate.path, first, last, self.candidate.key[0], text, self.tokens)


class _Teller:
    """Has each candidate tell its text once, and counts it."""

    def __init__(self, count: TokenCounter) -> None:
        self._count = count
        self._told: dict[Key, _Told] = {}

    def __call__(self, candidate: Candidate) -> _Told:
        told = self._told.get(candidate.key)
        if told is None:
            telling = candidate.tell()
            told = _Told(candidate, telling, self._count(telling.text))
            self._told[candidate.key] = told
        return told


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best first; a name or place only once."""
    by_key: dict[Key, Candidate] = {}
    for candidate in candidates:
        known = by_key.get(candidate.key)
        if known is None or known.score < candidate.score:
            by_key[candidate.key] = candidate
    return sorted(by_key.values(), key=lambda each: (-each.score, each.path, each.line))


def _leading(chosen: Iterable[_Told], budget: int) -> list[_Told]:
    """The first ones, as many as fit."""
    kept: list[_Told] = []
    for each in chosen:
        budget -= each.tokens
        if budget < 0:
            break
        kept.append(each)
    return kept


def _fitting(
    ranked: Iterable[Candidate], budget: int, told: _Teller, share: float = SHARE_OF_A_REASON
) -> list[_Told]:
    """Those that fit, the better ones first."""
    left = budget
    left_of = dict.fromkeys(Reason, int(budget * share))
    chosen: list[_Told] = []
    for candidate in ranked:
        reason = candidate.key[0]
        if min(left, left_of[reason]) <= TOO_LITTLE:
            continue
        each = told(candidate)
        if each.telling.text and each.tokens <= min(left, left_of[reason]):
            chosen.append(each)
            left -= each.tokens
            left_of[reason] -= each.tokens
    return chosen


def _in_order(chosen: Iterable[_Told]) -> list[_Told]:
    """By reason, file and place: as things lie in the project, not as they rank at the moment."""
    reasons = list(Reason)
    return sorted(
        chosen,
        key=lambda each: (
            reasons.index(each.candidate.key[0]),
            each.candidate.path,
            each.candidate.line,
        ),
    )


def _selection(uri: str, line: int, budget: int, chosen: Sequence[_Told]) -> Selection:
    return Selection(
        uri,
        line,
        budget,
        tuple(each.candidate.key for each in chosen),
        tuple(each.snippet for each in chosen),
    )


def _tokens(chosen: Iterable[_Told]) -> int:
    return sum(each.tokens for each in chosen)
