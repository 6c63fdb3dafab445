"""As much of the code on both sides of a hole as it takes to judge what is in it.

A large file is cut at lines at its top level, so that a fill is not blamed for half a definition.
"""

import re
from collections.abc import Iterable

from mezzotint_grammars.long_tokens import LongTokens

_SIDE_CHARS = 10_000
"""Code on each side: about 3 ms of parsing in all."""
_TOP_LEVEL_LINE = re.compile(r"^[^\s)\]}#\"']", re.MULTILINE)


def tail_of(prefix: str, language_id: str) -> str:
    """The end of what is before a hole, from a line at the top level on if there is one."""
    if len(prefix) <= _SIDE_CHARS:
        return prefix
    start = len(prefix) - _SIDE_CHARS
    lines = _TOP_LEVEL_LINE.finditer(prefix, prefix.find("\n", start) + 1)
    return prefix[_first_in_code(prefix, lines, language_id) or start :]


def head_of(suffix: str, language_id: str) -> str:
    """The beginning of what is after a hole, up to a line at the top level if there is one."""
    if len(suffix) <= _SIDE_CHARS:
        return suffix
    lines = reversed([*_TOP_LEVEL_LINE.finditer(suffix, 1, _SIDE_CHARS)])
    return suffix[: _first_in_code(suffix, lines, language_id) or _SIDE_CHARS]


def _first_in_code(text: str, lines: Iterable[re.Match[str]], language_id: str) -> int | None:
    """Where the first of some lines begins that is not in a string or a comment."""
    tokens = LongTokens()
    places = (line.start() for line in lines)
    return next((at for at in places if tokens.open_at(text, at, language_id) is None), None)
