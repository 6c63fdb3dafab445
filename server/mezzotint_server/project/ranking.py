"""Which candidates are shown, and in which order.

The better ones as long as they fit; then in an order that stays. What was shown once is kept,
at its place, for as long as it is good: what the engine has encoded of the prompt's start depends
on it. Knows no files and no languages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mezzotint_server.project.snippet import Reason, Snippet, TokenCounter

SHARE_OF_A_REASON = 0.5
"""No reason may take more of the budget than this."""
MAX_COUNTED = 200
"""Candidates whose tokens are counted at all."""
KEPT_LINES = 60
"""A hole this near to the last one keeps what was shown there."""
KEPT_WORTH = 0.5
"""What was shown is given up when what is best now has less than this in common with it."""

Key = tuple[Reason, str, str]
"""A reason, a file, and a name or a place in it: what stays the same while the text changes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece that may be worth showing."""

    key: Key
    score: float
    path: str
    first_line: int
    last_line: int
    text: str

    def snippet(self, tokens: int) -> Snippet:
        return Snippet(self.path, self.first_line, self.last_line, self.key[0], self.text, tokens)


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
    if last is None or not last.is_for(uri, line, budget):
        best = _fitting(_ranked(candidates, count), budget)
        return _selection(uri, line, budget, _in_order(best))
    ranked = _ranked(candidates, count, frozenset(last.keys))
    best = _fitting(ranked, budget)
    by_key = {each.candidate.key: each for each in ranked}
    kept = _leading([by_key[key] for key in last.keys if key in by_key], budget)
    kept_keys = {each.candidate.key for each in kept}
    new = [each for each in best if each.candidate.key not in kept_keys]
    if _tokens(new) > (1 - KEPT_WORTH) * _tokens(best):
        return _selection(uri, line, budget, _in_order(best))
    fitting = _fitting(new, budget - _tokens(kept), share=1.0)
    return _selection(uri, last.line, budget, [*kept, *_in_order(fitting)])


@dataclass(frozen=True, slots=True)
class _Counted:
    candidate: Candidate
    tokens: int


def _ranked(
    candidates: Iterable[Candidate], count: TokenCounter, kept: frozenset[Key] = frozenset()
) -> list[_Counted]:
    """The best first, and whatever is kept; a name or place only once."""
    by_key: dict[Key, Candidate] = {}
    for candidate in candidates:
        known = by_key.get(candidate.key)
        if candidate.text and (known is None or known.score < candidate.score):
            by_key[candidate.key] = candidate
    ranked = sorted(by_key.values(), key=lambda each: (-each.score, each.path, each.first_line))
    counted = ranked[:MAX_COUNTED] + [each for each in ranked[MAX_COUNTED:] if each.key in kept]
    return [_Counted(candidate, count(candidate.text)) for candidate in counted]


def _leading(chosen: Iterable[_Counted], budget: int) -> list[_Counted]:
    """The first ones, as many as fit."""
    kept: list[_Counted] = []
    for each in chosen:
        budget -= each.tokens
        if budget < 0:
            break
        kept.append(each)
    return kept


def _fitting(
    ranked: Sequence[_Counted], budget: int, share: float = SHARE_OF_A_REASON
) -> list[_Counted]:
    """Those that fit, the better ones first."""
    left = budget
    left_of = dict.fromkeys(Reason, int(budget * share))
    chosen: list[_Counted] = []
    for each in ranked:
        reason = each.candidate.key[0]
        if each.tokens <= min(left, left_of[reason]):
            chosen.append(each)
            left -= each.tokens
            left_of[reason] -= each.tokens
    return chosen


def _in_order(chosen: Iterable[_Counted]) -> list[_Counted]:
    """By reason, file and place: as things lie in the project, not as they rank at the moment."""
    reasons = list(Reason)
    return sorted(
        chosen,
        key=lambda each: (
            reasons.index(each.candidate.key[0]),
            each.candidate.path,
            each.candidate.first_line,
        ),
    )


def _selection(uri: str, line: int, budget: int, chosen: Sequence[_Counted]) -> Selection:
    return Selection(
        uri,
        line,
        budget,
        tuple(each.candidate.key for each in chosen),
        tuple(each.candidate.snippet(each.tokens) for each in chosen),
    )


def _tokens(chosen: Iterable[_Counted]) -> int:
    return sum(each.tokens for each in chosen)
