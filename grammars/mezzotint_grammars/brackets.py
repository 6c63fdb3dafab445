"""Bracket balance of a text, strings and comments left out.

Lexical and cheap on purpose: no parse, so that it can be asked for every candidate. It takes the
text to begin outside of strings and comments; a window that begins inside a long string is misread
the same way before and after a change, so compare two balances rather than trusting one.
"""

from mezzotint_grammars import language_for
from mezzotint_grammars.lexis import Lexis, tokens_of

_OPENER_OF = {")": "(", "]": "[", "}": "{"}
_PLAIN = Lexis()


def imbalance(text: str, language: str) -> int:
    """How many brackets of ``text`` have no partner; in an unknown language all brackets count."""
    known = language_for(language)
    unclosed: list[str] = []
    unopened = 0
    for match in tokens_of(known.lexis if known else _PLAIN).finditer(text):
        bracket = match["bracket"]
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
