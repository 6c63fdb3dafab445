"""Rewrites stretches of real files and counts what became of them.

Whether a file parses worse is told from all of it, by tree-sitter and by Python's own parser, not
by what the engine looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

from mezzotint_grammars.validity import errors_in
from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.metrics import parses
from mezzotint_infill.hole import Fill, Freed, Hole, Rewrite
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.rewriting import changed_tokens

KINDS = (CutKind.LINE, CutKind.BLOCK, CutKind.SPAN)
"""What people select."""


class Rewriter(Protocol):
    """What can be measured: it rewrites at once, and says which tokens a text has."""

    def fill_now(self, hole: Hole, options: InfillOptions) -> Fill:
        """Rewrite what stands in a hole, in this thread."""
        ...

    def tokens(self, text: str) -> list[int]:
        """A text in the model's tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One stretch after its rewrite."""

    tokens: int
    changed: int
    """How many of its tokens are not there any more."""
    parses_worse: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All stretches together; shares are from 0 to 1."""

    stretches: int
    tokens: int
    largest_share_of_tokens_changed: float
    mean_share_of_tokens_changed: float
    share_that_parses_worse: float
    share_changed_at_all: float
    mean_ms: float


def rewrite_all(
    rewriter: Rewriter,
    cuts: Sequence[Cut],
    *,
    strength: float,
    freed: Freed = Freed.BY_CHANCE,
    seed: int = 0,
    on_stretch: Callable[[], object] = lambda: None,
) -> list[Rewritten]:
    """Rewrite what each cut would take out of its file, every one with a seed of its own."""
    done: list[Rewritten] = []
    for number, cut in enumerate(cuts):
        hole = Hole(cut.prefix, cut.suffix, rewrite=Rewrite(cut.middle, strength, freed))
        fill = rewriter.fill_now(hole, InfillOptions(seed=seed + number))
        done.append(_measured(rewriter, cut, fill))
        on_stretch()
    return done


def figures(done: Sequence[Rewritten]) -> Figures:
    """Of one rewrite at least."""
    shares = [one.changed / one.tokens for one in done]
    return Figures(
        stretches=len(done),
        tokens=sum(one.tokens for one in done),
        largest_share_of_tokens_changed=max(shares),
        mean_share_of_tokens_changed=fmean(shares),
        share_that_parses_worse=fmean(one.parses_worse for one in done),
        share_changed_at_all=fmean(one.changed > 0 for one in done),
        mean_ms=fmean(one.ms for one in done),
    )


def _measured(rewriter: Rewriter, cut: Cut, fill: Fill) -> Rewritten:
    before = rewriter.tokens(cut.middle)
    return Rewritten(
        tokens=len(before),
        changed=changed_tokens(before, rewriter.tokens(fill.text)),
        parses_worse=_parses_worse(cut, fill.text),
        ms=fill.ms.total - fill.ms.load,
    )


def _parses_worse(cut: Cut, text: str) -> bool:
    before, after = (cut.prefix + middle + cut.suffix for middle in (cut.middle, text))
    if parses(before) and not parses(after):
        return True
    return errors_in(after, "python") > errors_in(before, "python")
