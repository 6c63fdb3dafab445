"""What ways of asking come to, kind by kind and all together, each against the first one.

Fills nothing and judges nothing; only averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mezzotint_infill.evaluation.cuts import CutKind
from mezzotint_infill.evaluation.interval import Estimate, mean, ratio, ratio_of_shares
from mezzotint_infill.evaluation.tables import markdown_table, percent, plain
from mezzotint_infill.evaluation.ways import Trial, TriedHole

ALL_KINDS = "all kinds"
UNFILLED = "left empty"
WAY_COLUMNS = (
    "hole",
    "way",
    "holes",
    "exact match, %",
    "edit similarity, %",
    "nothing offered, %",
    "of the fills offered, break the file, %",
)
GAIN_COLUMNS = (
    "hole",
    "way",
    "against",
    "exact matches, ratio",
    "share that breaks the file, ratio",
    "the same, where both offer a fill",
)


@dataclass(frozen=True, slots=True)
class WaySummary:
    """All holes of a kind, asked about in one way."""

    way: str
    exact: Estimate
    """Share of all holes: where nothing is offered, nothing is right."""
    similarity: Estimate
    """Mean over all holes, 0 where nothing is offered."""
    silent: Estimate
    """Share of holes for which nothing is offered."""
    broken: Estimate
    """Share of the fills offered with which the file no longer parses."""
    exact_ratio: Estimate
    """Exact matches over those of the first way."""
    broken_ratio: Estimate
    """Share that is broken over that of the first way."""
    broken_ratio_where_both: Estimate
    """The same on holes for which both offer a fill, so that silence is not taken for skill."""


@dataclass(frozen=True, slots=True)
class KindComparison:
    """All holes of one kind, or of all."""

    kind: str
    holes: int
    files: int
    broken_unfilled: Estimate
    """Share of files that do not parse either with nothing in the hole."""
    ways: tuple[WaySummary, ...]


def compare(tried: Sequence[TriedHole]) -> tuple[KindComparison, ...]:
    """One comparison for each kind that was tried, in the order of ``CutKind``, and one for all."""
    kinds = [(kind.value, [each for each in tried if each.cut.kind is kind]) for kind in CutKind]
    return tuple(_kind(name, holes) for name, holes in [*kinds, (ALL_KINDS, tried)] if holes)


def comparison_markdown(kinds: Sequence[KindComparison]) -> str:
    """Two tables for a model card: what each way comes to, and against the first one."""
    ways = markdown_table(WAY_COLUMNS, way_rows(kinds))
    return f"{ways}\n{markdown_table(GAIN_COLUMNS, gain_rows(kinds))}"


def way_rows(kinds: Sequence[KindComparison]) -> list[tuple[str, ...]]:
    """What each way comes to: a row for each kind and way, as in ``WAY_COLUMNS``."""
    rows: list[tuple[str, ...]] = []
    for kind in kinds:
        holes = str(kind.holes)
        rows.append((kind.kind, UNFILLED, holes, "–", "–", "–", percent(kind.broken_unfilled)))
        for way in kind.ways:
            shares = (way.exact, way.similarity, way.silent, way.broken)
            rows.append((kind.kind, way.way, holes, *map(percent, shares)))
    return rows


def gain_rows(kinds: Sequence[KindComparison]) -> list[tuple[str, ...]]:
    """What each way but the first is worth against it: as in ``GAIN_COLUMNS``."""
    return [
        (
            kind.kind,
            way.way,
            kind.ways[0].way,
            plain(way.exact_ratio),
            plain(way.broken_ratio),
            plain(way.broken_ratio_where_both),
        )
        for kind in kinds
        for way in kind.ways[1:]
    ]


def _kind(name: str, tried: Sequence[TriedHole]) -> KindComparison:
    files = [each.cut.path for each in tried]
    first, *others = zip(*(each.trials for each in tried), strict=True)
    return KindComparison(
        kind=name,
        holes=len(tried),
        files=len(set(files)),
        broken_unfilled=mean([each.breaks_unfilled for each in tried], files),
        ways=tuple(_way(trials, first, files) for trials in (first, *others)),
    )


def _way(trials: Sequence[Trial], first: Sequence[Trial], files: Sequence[str]) -> WaySummary:
    """``trials`` and ``first`` are of the same holes, in the same order."""
    exact = [each.is_exact for each in trials]
    broken = [each.breaks_file for each in trials]
    broken_first = [each.breaks_file for each in first]
    pairs = list(zip(broken, broken_first, strict=True))
    return WaySummary(
        way=trials[0].way,
        exact=mean(exact, files),
        similarity=mean([each.similarity for each in trials], files),
        silent=mean([each is None for each in broken], files),
        broken=ratio(
            [each is True for each in broken], [each is not None for each in broken], files
        ),
        exact_ratio=ratio(exact, [each.is_exact for each in first], files),
        broken_ratio=ratio_of_shares(broken, broken_first, files),
        broken_ratio_where_both=ratio(
            [one is True and other is not None for one, other in pairs],
            [other is True and one is not None for one, other in pairs],
            files,
        ),
    )
