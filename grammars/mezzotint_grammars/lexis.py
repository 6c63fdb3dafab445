"""The little of a language's lexical rules that tells code from strings and comments.

Knows no grammar: it serves where there is no tree, or only a broken one, and where a parse would
cost too much.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Lexis:
    """What starts and ends the strings and the comments of a language."""

    line_comments: tuple[str, ...] = ()
    """What starts a comment that ends with the line, such as ``//``."""
    spaced_comments: tuple[str, ...] = ()
    """The same where it counts at the start of a word only: ``#`` in a shell."""
    block_comments: tuple[tuple[str, str], ...] = ()
    """What starts and what ends a comment that may go on over line breaks."""
    quotes: tuple[str, ...] = ()
    """Delimiters, one character each, of strings that end with the line, closed or not."""
    long_quotes: tuple[str, ...] = ()
    """Delimiters of strings that go on over line breaks."""
    character_quotes: tuple[str, ...] = ()
    """Delimiters of one character, where they have other uses too: ``'`` in Rust and C."""


@cache
def tokens_of(lexis: Lexis) -> re.Pattern[str]:
    """A pattern that finds brackets, strings and comments, in groups with these names."""
    groups = {"comment": _comments(lexis), "string": _strings(lexis), "bracket": [r"[()\[\]{}]"]}
    parts = (f"(?P<{name}>{'|'.join(some)})" for name, some in groups.items() if some)
    return _pattern(parts)


@cache
def strings_and_comments_of(lexis: Lexis) -> re.Pattern[str]:
    """The same without brackets and groups, several times as fast."""
    return _pattern([*_comments(lexis), *_strings(lexis)])


@cache
def comment_marks(lexis: Lexis) -> tuple[str, ...]:
    """What starts a comment, of any sort."""
    blocks = (start for start, _ in lexis.block_comments)
    return (*lexis.line_comments, *lexis.spaced_comments, *blocks)


def is_open(lexis: Lexis, token: str) -> bool:
    """Whether a string or a comment goes on at its end, if this is all there is of it."""
    for start, end in lexis.block_comments:
        if token.startswith(start):
            return len(token) < len(start) + len(end) or not token.endswith(end)
    for quote in (*lexis.long_quotes, *lexis.quotes, *lexis.character_quotes):
        if token.startswith(quote):
            return len(token) < 2 * len(quote) or not token.endswith(quote)
    return not token.endswith("\n")


def _pattern(parts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.DOTALL | re.MULTILINE)


def _comments(lexis: Lexis) -> list[str]:
    return [
        *(rf"{re.escape(start)}.*?(?:{re.escape(end)}|\Z)" for start, end in lexis.block_comments),
        *(rf"{re.escape(start)}[^\n]*" for start in lexis.line_comments),
        *(rf"(?<!\S){re.escape(start)}[^\n]*" for start in lexis.spaced_comments),
    ]


def _strings(lexis: Lexis) -> list[str]:
    """Longer ones first, as three quotes begin with the empty string."""
    return [
        *map(_long_string, lexis.long_quotes),
        *(rf"{quote}(?:[^\\\n{quote}]++|\\.?)*+(?:{quote}|$)" for quote in lexis.quotes),
        *(rf"{quote}(?:[^\\\n{quote}]|\\[^\n]{{1,9}}?){quote}" for quote in lexis.character_quotes),
    ]


def _long_string(quote: str) -> str:
    first, rest = quote[0], quote[1:]
    goes_on = rf"|{first}(?!{rest})" if rest else ""
    return rf"{quote}(?:[^\\{first}]++|\\.?{goes_on})*+(?:{quote}|\Z)"
