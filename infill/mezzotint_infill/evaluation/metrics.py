"""Compares a fill with what was there: the same, how near, and whether the file still parses.

Pure functions on text; judges no model and averages nothing.
"""

import ast
import warnings

import numpy as np

from mezzotint_infill.evaluation.cuts import Cut


def is_exact(cut: Cut, fill: str) -> bool:
    """Whether the fill is the text that was cut out, character by character.

    Where nothing follows the hole on its line, white space at the end of either is not compared:
    it cannot be seen and editors strip it. Everything else counts, indentation too.
    """
    if cut.ends_with_line:
        return fill.rstrip() == cut.middle.rstrip()
    return fill == cut.middle


def edit_similarity(one: str, other: str) -> float:
    """1 minus the Levenshtein distance over the length of the longer: 1 is equal, 0 is foreign."""
    longer = max(len(one), len(other))
    return 1 - levenshtein(one, other) / longer if longer else 1.0


def levenshtein(one: str, other: str) -> int:
    """The fewest characters to insert, delete or replace to turn one text into the other."""
    columns = np.arange(len(other) + 1)
    codes = np.array([ord(character) for character in other], dtype=np.int64)
    row = columns
    for number, character in enumerate(one, start=1):
        best = np.empty_like(row)
        best[0] = number
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        # An insertion costs 1 a column: the cheapest one is a running minimum of cost - column.
        row = np.minimum.accumulate(best - columns) + columns
    return int(row[-1])


def breaks_file(cut: Cut, fill: str) -> bool:
    """Whether the file, which parsed before, no longer does with the fill in the hole."""
    return not parses(cut.prefix + fill + cut.suffix)


def parses(text: str) -> bool:
    """Whether this Python can parse the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
