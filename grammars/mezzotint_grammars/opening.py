"""Where a block may begin, told by the line alone, and how much deeper its lines are.

What a tree says is worth more; this saves asking it, and serves where a bracket is still missing.
"""

import re
from itertools import pairwise

from mezzotint_grammars import language_for
from mezzotint_grammars.lexis import Lexis, tokens_of

_WORD = re.compile(r"\b(?:do|then|else|begin|try|repeat|ensure|finally|loop|in)$")
_GOES_ON = ("=", "+", "-", "*", "/", "%", "&", "|", "^", ",", ".", "(", "[", "<", ";", "\\", "?")
"""A line that ends in one of these opens no block, but ``=>`` and ``->`` do not end so."""
_STEP = " " * 4
_STEPS = re.compile(r"\t| {2}| {3}| {4}| {8}")
"""Any other difference is something put under something else, or the star of a comment."""
_NEAR_CHARS = 2_000
"""How much code on each side tells how deep one step of indentation is."""


def may_open(line: str, language_id: str) -> bool:
    """Whether a block may begin where this line ends. A word says no, except a few."""
    code = without_comments(line, language_id).rstrip()
    known = language_for(language_id)
    if known is None:
        return code.endswith(("{", ":"))
    if known.indented:
        return code.endswith(":")
    if not code or code.endswith(_GOES_ON):
        return False
    return not is_word(code[-1]) or bool(_WORD.search(code))


def is_left_open(line: str, below: str, language_id: str) -> bool:
    """Whether a brace at this line's end has neither its partner yet nor anything in it.

    ``below`` is the next line that is not blank; empty if there is none.
    """
    known = language_for(language_id)
    code = without_comments(line, language_id).rstrip()
    if not code.endswith("{") or (known is not None and known.indented):
        return False
    is_its_end = _column(below) == _column(line) and below.lstrip().startswith("}")
    return _column(below) <= _column(line) and not is_its_end


def step_of_indentation(text: str, offset: int, language_id: str) -> str:
    """The white space by which lines go deeper: going by those near a place, before it first."""
    start = max(0, offset - _NEAR_CHARS)
    before = text[start:offset].split("\n")[1 if start else 0 :]
    after = text[offset : offset + _NEAR_CHARS].split("\n")
    known = language_for(language_id)
    default = known.step if known else _STEP
    return _step_in(before[::-1], upwards=True) or _step_in(after, upwards=False) or default


def indentation_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def without_comments(code: str, language_id: str) -> str:
    """The code with its comments gone."""
    return _without(code, language_id, ("comment",))


def without_comments_and_strings(code: str, language_id: str) -> str:
    """The code with its comments and its strings gone."""
    return _without(code, language_id, ("comment", "string"))


def is_word(character: str) -> bool:
    """Whether a character may be part of a name."""
    return character.isalnum() or character == "_"


def _step_in(lines: list[str], *, upwards: bool) -> str:
    """How much deeper a line is than the one above it, the first time that it is."""
    indents = [indentation_of(line) for line in lines if line.strip()]
    for one, other in pairwise(indents):
        shallow, deep = (other, one) if upwards else (one, other)
        if deep.startswith(shallow) and _STEPS.fullmatch(deep, len(shallow)):
            return deep[len(shallow) :]
    return ""


def _without(code: str, language_id: str, groups: tuple[str, ...]) -> str:
    known = language_for(language_id)
    tokens = tokens_of(known.lexis if known else Lexis())
    return tokens.sub(lambda token: "" if token.lastgroup in groups else token[0], code)


def _column(line: str) -> int:
    return len(indentation_of(line).expandtabs())
