"""Does code parse? Counts what tree-sitter finds wrong with it.

Judges nothing and fixes nothing: the caller compares two counts.
"""

import re

import tree_sitter

from mezzotint_grammars import language_for

_WINDOW_CHARS = 10_000
"""Code on each side of a hole that is looked at: about 3 ms of parsing in all."""
_TOP_LEVEL_LINE = re.compile(r"^[^\s)\]}#\"']", re.MULTILINE)


def errors_in(text: str, language: str) -> int:
    """How many ERROR and MISSING nodes ``text`` parses to; 0 if the language is not known.

    Parses all of ``text``; for a hole in a large file use :func:`errors_around`.
    """
    known = language_for(language)
    return _count(known.parse(text).root_node) if known else 0


def errors_around(prefix: str, middle: str, suffix: str, language: str) -> int:
    """As :func:`errors_in` for the three joined, looking no further than needed around ``middle``.

    The window depends on ``prefix`` and ``suffix`` alone, so the counts of two middles compare.
    """
    return errors_in(_tail(prefix) + middle + _head(suffix), language)


def _tail(prefix: str) -> str:
    """The end of ``prefix``, from a line at the top level on if there is one to start at."""
    window = prefix[-_WINDOW_CHARS:]
    if len(window) == len(prefix):
        return window
    start = _TOP_LEVEL_LINE.search(window, window.find("\n") + 1)
    return window[start.start() :] if start else window


def _head(suffix: str) -> str:
    """The beginning of ``suffix``, up to a line at the top level if there is one to end at."""
    window = suffix[:_WINDOW_CHARS]
    if len(window) == len(suffix):
        return window
    starts = [match.start() for match in _TOP_LEVEL_LINE.finditer(window)]
    return window[: starts[-1]] if starts and starts[-1] > 0 else window


def _count(root: tree_sitter.Node) -> int:
    count = 0
    unseen = [root]
    while unseen:
        node = unseen.pop()
        count += node.is_error or node.is_missing
        unseen.extend(child for child in node.children if child.has_error)
    return count
