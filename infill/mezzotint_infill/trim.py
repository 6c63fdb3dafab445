"""Takes a copy of the suffix off a fill's end.

A hole that was given too many tokens fills the rest with what follows it anyway. Whitespace alone
is never taken for a copy, nor half a word, nor a bracket that the code needs.
"""

from mezzotint_grammars.brackets import imbalance
from mezzotint_grammars.opening import is_word
from mezzotint_grammars.validity import errors_around

WINDOW = 2_000
"""Characters on either side in which brackets are counted."""


def trim_copy(prefix: str, fill: str, suffix: str, language: str) -> str:
    """The fill without the longest copy of the suffix's start at its end.

    >>> trim_copy("f(", "x, y)", ")", "python")
    'x, y'
    """
    before, after = prefix[-WINDOW:], suffix[:WINDOW]
    now = imbalance(before + fill + after, language)
    for length in range(min(len(fill), len(suffix)), 0, -1):
        kept, copy = fill[:-length], fill[-length:]
        if not suffix.startswith(copy) or not _is_copy(kept, copy, suffix[length:]):
            continue
        then = imbalance(before + kept + after, language)
        if then > now:
            continue
        if then < now or _is_telling(copy) or _mends(prefix, kept, fill, suffix, language):
            return kept
    return fill


def _is_copy(kept: str, copy: str, rest: str) -> bool:
    """Whether it begins and ends between words."""
    if not copy.strip():
        return False
    starts_inside = bool(kept) and is_word(kept[-1]) and is_word(copy[0])
    ends_inside = bool(rest) and is_word(copy[-1]) and is_word(rest[0])
    return not starts_inside and not ends_inside


def _is_telling(copy: str) -> bool:
    """One sign may stand twice by right; a word or two signs hardly do."""
    return len(copy.strip()) >= 2


def _mends(prefix: str, kept: str, fill: str, suffix: str, language: str) -> bool:
    """Whether the code parses better without the copy."""
    without = errors_around(prefix, kept, suffix, language)
    return without < errors_around(prefix, fill, suffix, language)
