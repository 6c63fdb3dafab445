"""A number of waits, and what they come to. Knows milliseconds only."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each of several equal things took."""

    ms: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """Nineteen of twenty were no longer."""
        return (
            statistics.quantiles(self.ms, n=20, method="inclusive")[-1]
            if self.ms[1:]
            else self.ms[0]
        )
