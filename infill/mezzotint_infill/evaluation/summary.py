"""What an evaluation comes to, kind by kind: means with intervals, and the table of a model card.

Fills nothing and judges nothing; only averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from mezzotint_infill.evaluation.cuts import CutKind
from mezzotint_infill.evaluation.holes import Attempt, Condition, Evaluation, Loss
from mezzotint_infill.evaluation.interval import Estimate, mean, ratio
from mezzotint_infill.evaluation.tables import markdown_table, percent, plain

FILL_COLUMNS = (
    "hole",
    "condition",
    "holes",
    "too long",
    "exact match, %",
    "edit similarity, %",
    "breaks the file, %",
    "mean steps",
    "median ms",
)
WORTH_COLUMNS = (
    "hole",
    "loss with suffix, nats",
    "loss without",
    "gain",
    "exact with / without suffix, told length",
    "the same, unknown length",
    "exact unknown / told length",
)


@dataclass(frozen=True, slots=True)
class ConditionSummary:
    """All holes of a kind under one condition."""

    condition: str
    exact: Estimate
    similarity: Estimate
    broken: Estimate
    """Share of files that parsed and no longer do."""
    mean_steps: float
    median_ms: float
    mean_ms: float


@dataclass(frozen=True, slots=True)
class LossSummary:
    """Loss at full noise, in nats a token, every hole counted once."""

    with_suffix: Estimate
    without_suffix: Estimate
    gain: Estimate
    """How much lower it is with the suffix."""


@dataclass(frozen=True, slots=True)
class KindSummary:
    """All holes of one kind."""

    kind: str
    holes: int
    files: int
    left_out: int
    """Holes too long for the model; in no other number here."""
    conditions: tuple[ConditionSummary, ...]
    loss: LossSummary
    suffix_ratio_told: Estimate
    """Exact matches with the suffix over those without, the length told."""
    suffix_ratio_unknown: Estimate
    """The same with the length unknown."""
    length_recovery: Estimate
    """Exact matches with the length unknown over those with the length told."""


def summarise(evaluation: Evaluation) -> tuple[KindSummary, ...]:
    """One summary for each kind that holes were filled of, in the order of ``CutKind``."""
    return tuple(
        _kind(kind, evaluation)
        for kind in CutKind
        if any(each.cut.kind is kind for each in evaluation.attempts)
    )


def markdown(kinds: Sequence[KindSummary]) -> str:
    """Two tables for a model card: what was filled, and what suffix and length are worth."""
    fills = markdown_table(FILL_COLUMNS, fill_rows(kinds))
    return f"{fills}\n{markdown_table(WORTH_COLUMNS, worth_rows(kinds))}"


def fill_rows(kinds: Sequence[KindSummary]) -> list[tuple[str, ...]]:
    """How well holes were filled: a row for each kind and condition, as in ``FILL_COLUMNS``."""
    return [
        (
            kind.kind,
            row.condition,
            str(kind.holes),
            str(kind.left_out),
            percent(row.exact),
            percent(row.similarity),
            percent(row.broken),
            f"{row.mean_steps:.1f}",
            f"{row.median_ms:.0f}",
        )
        for kind in kinds
        for row in kind.conditions
    ]


def worth_rows(kinds: Sequence[KindSummary]) -> list[tuple[str, ...]]:
    """What suffix and length are worth: a row for each kind, as in ``WORTH_COLUMNS``."""
    return [
        (
            kind.kind,
            plain(kind.loss.with_suffix),
            plain(kind.loss.without_suffix),
            plain(kind.loss.gain),
            plain(kind.suffix_ratio_told),
            plain(kind.suffix_ratio_unknown),
            plain(kind.length_recovery),
        )
        for kind in kinds
    ]


def _kind(kind: CutKind, evaluation: Evaluation) -> KindSummary:
    attempts = [each for each in evaluation.attempts if each.cut.kind is kind]
    by_condition: dict[Condition, list[Attempt]] = {}
    for each in attempts:
        by_condition.setdefault(each.condition, []).append(each)
    losses = [loss for loss in evaluation.losses if loss.cut.kind is kind]
    told, unknown = Condition("told"), Condition("auto")
    blind_told = Condition("told", has_suffix=False)
    blind_unknown = Condition("auto", has_suffix=False)
    return KindSummary(
        kind=kind.value,
        holes=len(losses),
        files=len({loss.cut.path for loss in losses}),
        left_out=sum(cut.kind is kind for cut in evaluation.left_out),
        conditions=tuple(_condition(name, rows) for name, rows in by_condition.items()),
        loss=_loss(losses),
        suffix_ratio_told=_exact_ratio(by_condition.get(told), by_condition.get(blind_told)),
        suffix_ratio_unknown=_exact_ratio(
            by_condition.get(unknown), by_condition.get(blind_unknown)
        ),
        length_recovery=_exact_ratio(by_condition.get(unknown), by_condition.get(told)),
    )


def _condition(condition: Condition, attempts: Sequence[Attempt]) -> ConditionSummary:
    files = [each.cut.path for each in attempts]
    return ConditionSummary(
        condition=condition.name,
        exact=mean([each.is_exact for each in attempts], files),
        similarity=mean([each.similarity for each in attempts], files),
        broken=mean([each.breaks_file for each in attempts], files),
        mean_steps=fmean(each.steps for each in attempts),
        median_ms=median(each.ms for each in attempts),
        mean_ms=fmean(each.ms for each in attempts),
    )


def _loss(losses: Sequence[Loss]) -> LossSummary:
    files = [loss.cut.path for loss in losses]
    return LossSummary(
        with_suffix=mean([loss.with_suffix for loss in losses], files),
        without_suffix=mean([loss.without_suffix for loss in losses], files),
        gain=mean([loss.without_suffix - loss.with_suffix for loss in losses], files),
    )


def _exact_ratio(over: Sequence[Attempt] | None, under: Sequence[Attempt] | None) -> Estimate:
    """Both on the same holes, in the same order."""
    if over is None or under is None:
        return Estimate(None, None, None)
    return ratio(
        [each.is_exact for each in over],
        [each.is_exact for each in under],
        [each.cut.path for each in over],
    )
