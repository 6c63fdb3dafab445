"""Means and ratios with 95 % intervals, for measurements that come in clusters.

Holes of one file, or of one function, are not independent: whole clusters are drawn again, not
single holes (cluster bootstrap, percentile interval). Always the same draws.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

_DRAWS = 2000

_Formula: TypeAlias = Callable[[Any], Any]
"""From one sum a column, or an array of them, to a value or an array of values."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the interval it lies in with 95 % confidence; ``None`` where there is none."""

    value: float | None
    low: float | None
    high: float | None


def mean(values: Sequence[float], clusters: Sequence[Hashable]) -> Estimate:
    """The mean of all values; ``clusters`` names the cluster of each."""
    return ratio(values, [1.0] * len(values), clusters)


def ratio(
    numerators: Sequence[float], denominators: Sequence[float], clusters: Sequence[Hashable]
) -> Estimate:
    """The sum of one over the sum of the other, both measured on the same holes."""
    return _estimate((numerators, denominators), clusters, lambda sums: sums[0] / sums[1])


def ratio_of_shares(
    over: Sequence[bool | None], under: Sequence[bool | None], clusters: Sequence[Hashable]
) -> Estimate:
    """How often one is true over how often the other is; ``None`` counts in neither share."""
    sums = (
        [each is True for each in over],
        [each is not None for each in over],
        [each is True for each in under],
        [each is not None for each in under],
    )
    return _estimate(sums, clusters, lambda sums: (sums[0] / sums[1]) / (sums[2] / sums[3]))


def _estimate(
    columns: Sequence[Sequence[float]], clusters: Sequence[Hashable], formula: _Formula
) -> Estimate:
    """What a formula makes of the columns' sums; draws for which it makes nothing are left out."""
    place = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    places = [place[cluster] for cluster in clusters]
    sums = np.array([np.bincount(places, weights=column, minlength=1) for column in columns])
    drawn = np.random.default_rng(0).integers(0, sums.shape[1], (_DRAWS, sums.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(formula(sums.sum(axis=1)))
        values = formula(sums[:, drawn].sum(axis=2))
    if not np.isfinite(value):
        return Estimate(None, None, None)
    low, high = np.percentile(values[np.isfinite(values)], (2.5, 97.5))
    return Estimate(value, float(low), float(high))
