"""A piece of a text, counted in characters. Knows nothing of what is in it."""

from typing import NamedTuple


class Span(NamedTuple):
    """From ``start`` up to, not including, ``end``."""

    start: int
    end: int

    def shifted(self, by: int) -> "Span":
        """The same piece, counted from ``by`` characters further ahead."""
        return Span(self.start + by, self.end + by)
