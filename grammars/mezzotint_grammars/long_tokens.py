"""Which string or comment of several lines a place far down a text is in the middle of.

What begins there is misread otherwise: prose as code, and all code after it as a string. Goes by
lexical rules from the text's start, as no piece of it tells; delimiters of one character, which
have too many other uses, open nothing. Knows no trees.
"""

from collections import deque
from dataclasses import dataclass
from functools import cache

from mezzotint_grammars import language_for
from mezzotint_grammars.lexis import Lexis, is_open, strings_and_comments_of

_REMEMBERED = 2
"""Places that are asked about in turn: where a small and where a large window begin."""


@dataclass(frozen=True, slots=True)
class LongToken:
    """A string or a comment that is open at some place."""

    start: int
    closer: str

    def end_in(self, text: str, place: int) -> int | None:
        """Where it ends, being still open at ``place``."""
        found = text.find(self.closer, place)
        return None if found < 0 else found + len(self.closer)


@dataclass(frozen=True, slots=True)
class _Read:
    """The beginning of a text, and what is open at its end."""

    language_id: str
    text: str
    token: LongToken | None

    def begins(self, text: str, place: int, language_id: str) -> bool:
        """Whether all of it is before ``place`` in this text, too."""
        return self.language_id == language_id and text.startswith(self.text, 0, place)

    @property
    def code_end(self) -> int:
        """To where everything is known."""
        return len(self.text) if self.token is None else self.token.start


_NOTHING = _Read("", "", None)


class LongTokens:
    """Of one text that is being typed in: what has been read is not read again while it stays."""

    def __init__(self) -> None:
        self._read: tuple[_Read, ...] = ()

    def open_at(self, text: str, place: int, language_id: str) -> LongToken | None:
        """What is open at ``place``, which is where a line starts."""
        language = language_for(language_id)
        if language is None or not _long(language.lexis):
            return None
        known = [each for each in self._read if each.begins(text, place, language_id)]
        farthest = max(known, key=lambda each: len(each.text), default=_NOTHING)
        if len(farthest.text) == place:
            return farthest.token
        token = _last_open(language.lexis, text, farthest.code_end, place)
        self._read = (_Read(language_id, text[:place], token), *known)[:_REMEMBERED]
        return token


def _last_open(lexis: Lexis, text: str, start: int, place: int) -> LongToken | None:
    """What is open at ``place`` in a text that is code at ``start``."""
    found = strings_and_comments_of(lexis).finditer(text, start, place)
    last = next(iter(deque(found, maxlen=1)), None)
    if last is None or last.end() < place or not is_open(lexis, last[0]):
        return None
    closer = next((end for start, end in _long(lexis) if last[0].startswith(start)), None)
    return None if closer is None else LongToken(last.start(), closer)


@cache
def _long(lexis: Lexis) -> tuple[tuple[str, str], ...]:
    """What opens and what closes the tokens that count."""
    quotes = ((quote, quote) for quote in lexis.long_quotes if len(quote) > 1)
    return (*lexis.block_comments, *quotes)
