"""The little of a language's lexical rules that tells code from strings and comments.

Knows no grammar: it serves where there is no tree, or only a broken one, and where a parse would
cost too much.
"""

import re
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
    # Long ones come first: three quotes also begin with the empty string.
    comments = [
        *(_long(start, end, escapes=False) for start, end in lexis.block_comments),
        *(rf"{re.escape(start)}[^\n]*" for start in lexis.line_comments),
        *(rf"(?<!\S){re.escape(start)}[^\n]*" for start in lexis.spaced_comments),
    ]
    strings = [
        *(_long(quote, quote, escapes=True) for quote in lexis.long_quotes),
        *(rf"{quote}(?:[^\\\n{quote}]|\\.?)*(?:{quote}|$)" for quote in lexis.quotes),
        *(rf"{quote}(?:[^\\\n{quote}]|\\[^\n]{{1,9}}?){quote}" for quote in lexis.character_quotes),
    ]
    groups = {"comment": comments, "string": strings, "bracket": [r"[()\[\]{}]"]}
    parts = (f"(?P<{name}>{'|'.join(some)})" for name, some in groups.items() if some)
    return re.compile("|".join(parts), re.DOTALL | re.MULTILINE)


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


def _long(start: str, end: str, *, escapes: bool) -> str:
    inside = r"(?:[^\\]|\\.?)*?" if escapes else r".*?"
    return rf"{re.escape(start)}{inside}(?:{re.escape(end)}|\Z)"
