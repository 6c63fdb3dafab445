"""Fills the same holes in several ways of asking for them.

A way says what is asked where something was cut out: which hole, with which options, or nothing.
How it comes to that is not known here; averages nothing (see ``comparison``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_infill.evaluation.metrics import breaks_file, edit_similarity, is_exact
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.options import InfillOptions

FillNow: TypeAlias = Callable[[Hole, InfillOptions], Fill]


@dataclass(frozen=True, slots=True)
class Question:
    """What an infiller is asked."""

    hole: Hole
    options: InfillOptions


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking, and what it is called."""

    name: str
    question: Callable[[Cut], Question | None]
    """What is asked where this was cut out; ``None`` where it is better to offer nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One hole, filled in one way, and how good that is."""

    way: str
    text: str
    """Empty if nothing is offered."""
    is_exact: bool
    similarity: float
    breaks_file: bool | None
    """Judged in the whole file, whatever of it was shown; ``None`` if nothing is offered."""


@dataclass(frozen=True, slots=True)
class TriedHole:
    """One hole, filled in every way."""

    cut: Cut
    breaks_unfilled: bool
    """Whether the file does not parse with nothing in the hole either."""
    trials: tuple[Trial, ...]
    """In the order of the ways."""


def try_ways(
    fill_now: FillNow,
    cuts: Sequence[Cut],
    ways: Sequence[Way],
    *,
    on_hole: Callable[[], object] = lambda: None,
) -> tuple[TriedHole, ...]:
    """Fill every hole in every way; ``on_hole`` is called after each hole."""
    tried: list[TriedHole] = []
    for cut in cuts:
        trials = tuple(_trial(fill_now, cut, way) for way in ways)
        tried.append(TriedHole(cut, breaks_file(cut, ""), trials))
        on_hole()
    return tuple(tried)


def _trial(fill_now: FillNow, cut: Cut, way: Way) -> Trial:
    question = way.question(cut)
    text = fill_now(question.hole, question.options).text if question else ""
    if not text.strip():
        return Trial(way.name, "", is_exact=False, similarity=0.0, breaks_file=None)
    return Trial(
        way.name,
        text,
        is_exact=is_exact(cut, text),
        similarity=edit_similarity(cut.middle, text),
        breaks_file=breaks_file(cut, text),
    )
