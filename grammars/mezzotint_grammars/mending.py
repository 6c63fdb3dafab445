"""Parses a text as if what is being typed in it were not there, so that the rest is understood.

Half a line such as ``x = f(`` can make a parser take the class below for an argument, and a block
that is not closed yet swallow the functions after it. Lines like the first are blanked, byte for
byte, blocks like the second closed at the very end: no other place in the text moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

import tree_sitter

from mezzotint_grammars.language import Language
from mezzotint_grammars.lexis import Lexis, is_open, tokens_of

_ATTEMPTS = 4
"""How many lines are tried without: each costs a parse of what it concerns."""
_ERRORS = 4
"""How many errors are looked into at a time; later ones tend to follow from the first."""
_HOPELESS = 50
"""So many errors are not one line's fault: the text is in another language, or none."""
_LINES_ABOVE = 30
"""How far above an error the line is looked for that is to blame."""
_LINES = 400
"""How many lines of one error are looked at."""
_CLOSER_OF = {"(": ")", "[": "]", "{": "}", "": "\n"}


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with some lines blanked or some blocks closed, and its tree."""

    source: bytes
    tree: tree_sitter.Tree

    @property
    def damage(self) -> tuple[int, int]:
        """How many bytes lie in errors of several lines, and how many errors there are."""
        errors = list(_errors(self.tree))
        swallowed = (error.end_byte - error.start_byte for error in errors if _rows(error) > 0)
        return sum(swallowed), len(errors)


def mend(source: bytes, tree: tree_sitter.Tree, language: Language) -> Mended:
    """The text as it is understood best; as it is if nothing helps."""
    best, tried = Mended(source, tree), set[int]()
    if best.damage[1] > _HOPELESS:
        return best
    for suspects in (partial(_left_open, lexis=language.lexis), _starts):
        while best.tree.root_node.has_error and len(tried) < _ATTEMPTS:
            row = next((row for row in suspects(best) if row not in tried), None)
            if row is None:
                break
            tried.add(row)
            changed = _closed(_without_line(best, row, language), language)
            best = min(best, changed, key=_damage)
        best = _closed(best, language)
    return best


def _damage(mended: Mended) -> tuple[int, int]:
    return mended.damage


def _closed(mended: Mended, language: Language) -> Mended:
    """The text with as many blocks closed at its end as seem to be open, if that helps."""
    if not language.block_end or not mended.tree.root_node.has_error:
        return mended
    end = len(mended.source)
    endings = (count * (b"\n" + language.block_end.encode()) for count in _counts(mended, language))
    closed = (_edited(mended, end, end, ending, language) for ending in endings)
    return min([mended, *closed], key=_damage)


def _counts(mended: Mended, language: Language) -> range:
    """How many blocks may be open. Braces are counted; words say too many things."""
    if language.block_end != "}":
        return range(1, 3)
    count = mended.source.count(b"{") - mended.source.count(b"}")
    return range(count, count + 1) if count > 0 else range(0)


def _left_open(mended: Mended, lexis: Lexis) -> Iterator[int]:
    """The rows near an error that leave a bracket or a string open before a line no deeper."""
    lines = mended.source.split(b"\n")
    for error in islice(_errors(mended.tree), _ERRORS):
        first = error.start_point.row
        if _rows(error) == 0 and error.parent is not None:
            first = max(error.parent.start_point.row, first - _LINES_ABOVE)
        rows = range(first, min(error.end_point.row, first + _LINES) + 2)
        decoded = ((row, _text(lines, row)) for row in rows)
        speaking = [(row, line) for row, line in decoded if line.strip()]
        for (row, line), (_, below) in pairwise([*speaking, (0, "")]):
            if _opens(line, below, lexis):
                yield row


def _starts(mended: Mended) -> Iterator[int]:
    """The rows where an error of several lines starts that has no other in it.

    An outer one may begin with what is well.
    """
    errors = [error for error in islice(_errors(mended.tree), _ERRORS) if _rows(error) > 0]
    for number, error in enumerate(errors):
        if all(later.start_byte >= error.end_byte for later in errors[number + 1 :]):
            yield error.start_point.row


def _errors(tree: tree_sitter.Tree) -> Iterator[tree_sitter.Node]:
    """Every ERROR, and of what is MISSING the node that lacks it, the outer before the inner."""
    unseen = [tree.root_node]
    while unseen:
        node = unseen.pop()
        if node.is_error:
            yield node
        elif node.is_missing and node.parent is not None:
            # A block that lacks its end holds what is well.
            yield node.parent if node.type in (")", "]") else node
        unseen.extend(child for child in reversed(node.children) if child.has_error)


def _rows(node: tree_sitter.Node) -> int:
    return node.end_point.row - node.start_point.row


def _text(lines: list[bytes], row: int) -> str:
    return lines[row].decode("utf-8", errors="replace") if row < len(lines) else ""


def _opens(line: str, below: str, lexis: Lexis) -> bool:
    unclosed, token = [""], ""
    for found in islice(tokens_of(lexis).finditer(line), _LINES):
        token = found[0]
        if found.lastgroup == "bracket" and token in _CLOSER_OF:
            unclosed.append(token)
        elif token == _CLOSER_OF[unclosed[-1]]:
            unclosed.pop()
        elif found.lastgroup == "string" and is_open(lexis, token):
            return True
    goes_on = _depth(below) > _depth(line) or below.lstrip().startswith(_CLOSER_OF[unclosed[-1]])
    return unclosed[-1] in ("(", "[") and not goes_on


def _depth(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _without_line(mended: Mended, row: int, language: Language) -> Mended:
    lines = mended.source.split(b"\n")
    start = sum(len(line) + 1 for line in lines[:row])
    length = len(lines[row].rstrip(b"\r"))
    return _edited(mended, start, start + length, b" " * length, language)


def _edited(mended: Mended, start: int, end: int, new: bytes, language: Language) -> Mended:
    source = mended.source[:start] + new + mended.source[end:]
    tree = mended.tree.copy()
    tree.edit(
        start,
        end,
        start + len(new),
        point_at(mended.source, start),
        point_at(mended.source, end),
        point_at(source, start + len(new)),
    )
    return Mended(source, language.parser().parse(source, tree))


def point_at(source: bytes, byte: int) -> tuple[int, int]:
    """Row and column of a byte, as tree-sitter counts them."""
    return source.count(b"\n", 0, byte), byte - source.rfind(b"\n", 0, byte) - 1
