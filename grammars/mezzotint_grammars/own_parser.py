"""What a language's own parser says of the code around a hole, where there is one at hand.

tree-sitter's grammars let pass what no compiler would: ``try:`` with nothing below it, or
``import a()``. Only Python has its parser here.
"""

import ast
import re
import warnings

_STARTS = re.compile(r"^(?!(?:else|elif|except|finally)\b)[^\s)\]}#\"']", re.MULTILINE)
"""Where a statement at the top level starts, as far as a line tells."""


def is_rejected(text: str, start: int, end: int, language_id: str) -> bool:
    """Whether the statement at the top level around a piece of a text is no code.

    Always False for languages without a parser; may be True of good code when the text begins in
    the middle of something, so it is of use for comparing only.
    """
    if language_id != "python":
        return False
    starts = [match.start() for match in _STARTS.finditer(text, 0, end)]
    first = next((place for place in reversed(starts) if place < start), 0)
    following = _STARTS.search(text, text.find("\n", end) + 1 or len(text))
    return not _is_python(text[first : following.start() if following else len(text)])


def _is_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd escapes, which are the user's own affair
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
