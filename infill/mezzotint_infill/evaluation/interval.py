"""Means and ratios with 95 % intervals, for measurements that come in clusters.

Holes of one file, or of one function, are not independent: whole clusters are drawn again, not
single holes (cluster bootstrap, percentile interval). Always the same draws.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

_DRAWS = 2000


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
    place = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    places = [place[cluster] for cluster in clusters]
    over = np.bincount(places, weights=numerators, minlength=1)
    under = np.bincount(places, weights=denominators, minlength=1)
    if not under.sum():
        return Estimate(None, None, None)
    drawn = np.random.default_rng(0).integers(0, len(over), (_DRAWS, len(over)))
    sums_over, sums_under = over[drawn].sum(axis=1), under[drawn].sum(axis=1)
    is_defined = sums_under != 0
    low, high = np.percentile(sums_over[is_defined] / sums_under[is_defined], (2.5, 97.5))
    return Estimate(float(over.sum() / under.sum()), float(low), float(high))
