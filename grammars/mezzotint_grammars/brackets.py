"""Bracket balance of a text, strings and comments left out.

Lexical and cheap on purpose: no parse, so that it can be asked for every candidate. It takes the
text to begin outside of strings and comments; a window that begins inside a long string is misread
the same way before and after a change, so compare two balances rather than trusting one.
"""

import re
from functools import cache

from mezzotint_grammars import language_for
from mezzotint_grammars.language import Lexis

_OPENER_OF = {")": "(", "]": "[", "}": "{"}
_PLAIN = Lexis()


def imbalance(text: str, language: str) -> int:
    """How many brackets of ``text`` have no partner; in an unknown language all brackets count."""
    known = language_for(language)
    unclosed: list[str] = []
    unopened = 0
    for match in _skipping(known.lexis if known else _PLAIN).finditer(text):
        bracket = match[1]
        if bracket is None:
            continue
        if bracket not in _OPENER_OF:
            unclosed.append(bracket)
        elif _OPENER_OF[bracket] not in unclosed:
            unopened += 1
        else:
            unopened += _close(unclosed, _OPENER_OF[bracket])
    return len(unclosed) + unopened


def _close(unclosed: list[str], opener: str) -> int:
    """Take the nearest ``opener`` off the stack; say how many others were passed over."""
    passed = 0
    while unclosed.pop() != opener:
        passed += 1
    return passed


@cache
def _skipping(lexis: Lexis) -> re.Pattern[str]:
    """A pattern whose first group is a bracket; its other matches are strings and comments."""
    # Long strings come before short ones: three quotes also begin with the empty string.
    skipped = [
        *(
            rf"{re.escape(quote)}(?:[^\\]|\\.?)*?(?:{re.escape(quote)}|\Z)"
            for quote in lexis.long_quotes
        ),
        *(rf"{re.escape(quote)}(?:[^\\\n{quote}]|\\.?)*(?:{quote}|$)" for quote in lexis.quotes),
        *(rf"{re.escape(comment)}[^\n]*" for comment in lexis.line_comments),
    ]
    return re.compile("|".join([r"([()\[\]{}])", *skipped]), re.DOTALL | re.MULTILINE)
