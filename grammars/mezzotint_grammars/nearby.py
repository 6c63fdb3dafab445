"""The little code around a gap that tells quickly whether a text may stand in it.

Tries out what ``ending`` thinks of; whether the rest of the file agrees is for others to ask.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from mezzotint_grammars import language_for
from mezzotint_grammars.ending import Ends
from mezzotint_grammars.lexis import Lexis
from mezzotint_grammars.lines import line_at
from mezzotint_grammars.opening import step_of_indentation
from mezzotint_grammars.own_parser import is_rejected
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span

_TRIES = 8
"""Other ends of one fill that are parsed, each in about 0.2 ms."""
_NO_START = r"[^\s)\]}#\"']"
"""What a line begins with that goes on with nothing above it."""
_TOP_LEVEL_LINE = re.compile(rf"^{_NO_START}", re.MULTILINE)


@dataclass(frozen=True)
class Nearby:
    """A gap in the definition that it is in, or among lines at the top level."""

    tree: SourceTree
    place: int
    step: str
    """How much deeper the lines of a block are."""

    @classmethod
    def around(cls, tree: SourceTree, place: int) -> "Nearby":
        """As much as is needed of a text with a gap at this place."""
        start = _start(tree, place)
        end = _end(tree.text, start, place)
        near = SourceTree.parse(tree.text[start:end], tree.language_id)
        step = step_of_indentation(tree.text, place, tree.language_id)
        return cls(near, place - start, step)

    @cached_property
    def trial(self) -> str | None:
        """A simple text with which this is well formed, if one is found."""
        return next(filter(self._takes, self._ends.trials()), None)

    def other_ends(self, fill: str, *, may_add_line: bool) -> Iterator[str]:
        """Those of the fill with which this is well formed, the longest first."""
        ends = self._ends.of(fill, may_add_line=may_add_line)
        return filter(self._takes, islice(ends, _TRIES))

    def _takes(self, fill: str) -> bool:
        after = self.tree.edited(self.place, self.place, fill)
        if after.syntax is None or after.syntax.tree.root_node.has_error:
            return False
        return not is_rejected(after, Span(self.place, self.place + len(fill)))

    @cached_property
    def _ends(self) -> Ends:
        before, after = self.tree.text[: self.place], self.tree.text[self.place :]
        language = language_for(self.tree.language_id)
        if language is None:
            return Ends(before, after, Lexis())
        body = language.empty_body and self.step + language.empty_body
        return Ends(before, after, language.lexis, body)


def _start(tree: SourceTree, place: int) -> int:
    around = tree.enclosing_definition(place)
    if around is not None and around.start < place:
        return around.start
    starts = [match.start() for match in _TOP_LEVEL_LINE.finditer(tree.text, 0, place)]
    return starts[-1] if starts else 0


def _end(text: str, start: int, place: int) -> int:
    """Where a line follows that is no deeper than the first; of broken code, a tree tells less."""
    header = line_at(text, start)
    indentation = header.content.start - header.start
    outside = re.compile(rf"^[ \t]{{0,{indentation}}}{_NO_START}", re.MULTILINE)
    following = outside.search(text, line_at(text, place).end + 1)
    return following.start() if following else len(text)
