"""What a fill says that is there already: takes a copy of the suffix off its end.

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


def repeats_a_line(prefix: str, fill: str, suffix: str) -> bool:
    r"""Whether the line above or below would be there a second time; of brackets alone it may.

    >>> repeats_a_line("import os\nimport ", "os", "\n")
    True
    """
    above = prefix[: prefix.rfind("\n") + 1].rstrip().rpartition("\n")[2].strip()
    below = suffix.partition("\n")[2].lstrip().partition("\n")[0].strip()
    lines = (prefix.rpartition("\n")[2] + fill + suffix.partition("\n")[0]).split("\n")
    first, last = lines[0].strip(), lines[-1].strip()
    return (first == above and _has_word(first)) or (last == below and _has_word(last))


def _has_word(line: str) -> bool:
    return any(map(is_word, line))


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
