"""Where text is cut into the pieces that a token of the embedded model never reaches across.

One rule, applied by one regular expression engine, for the tokenizer that is trained and for the
prompt that takes the last piece of the prefix into the canvas.
"""

from tokenizers import Regex, pre_tokenizers

PIECES = r"\r?\n|[ \t]{2,}|\t| ?[\p{L}_]+| ?\d{1,3}| ?[^\s\p{L}\d_]+|\s"
"""What a token may not reach across: cut for Python and for cursors. A line break is a piece, an
indentation one more; a word takes the one space before it."""

LINE_END = 200
"""Characters of a line's end that are looked at: no piece worth keeping whole is longer."""


def splitting() -> pre_tokenizers.PreTokenizer:
    """The rule as a tokenizer's first step."""
    return pre_tokenizers.Split(Regex(PIECES), "isolated")


def split_piece(prefix: str) -> tuple[str, str]:
    """The prefix up to its last piece, and that piece; a line break ends a piece for good.

    >>> split_piece("x = foo(ba")
    ('x = foo(', 'ba')
    """
    line = prefix[-LINE_END:].rpartition("\n")[2]
    pieces = splitting().pre_tokenize_str(line)
    last = pieces[-1][0] if pieces else ""
    return prefix[: len(prefix) - len(last)], last
