"""Other ends for a fill that breaks the code: brackets closed, an empty body, and less of it.

Lexical: says what is worth a parse, and finds out nothing by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from mezzotint_grammars.lexis import Lexis, is_open, tokens_of
from mezzotint_grammars.opening import indentation_of, is_word

_CLOSER_OF = {"(": ")", "[": "]", "{": "}"}
_OPENER_OF = {closer: opener for opener, closer in _CLOSER_OF.items()}
_TOKEN = re.compile(r"\w+|[^\w\s]|[ \t]+|\n+[ \t]*")
_LINE_END = re.compile(r"[:;{]\s*$")
"""What comes after brackets that have to be closed."""
_GOES_ON = (",", ".", " ", "\t", "\n")
"""Nobody closes a bracket after these."""


@dataclass(frozen=True)
class Ends:
    """The code on both sides of a hole, and what it has open."""

    before: str
    after: str
    lexis: Lexis
    empty_body: str = ""
    """What stands below a header that has nothing else below it, one step further in."""

    def of(self, fill: str, *, may_add_line: bool = False) -> Iterator[str]:
        """What else the fill may be, the longest first; never blank, and at least half of it."""
        if may_add_line and self.empty_body and fill.rstrip().endswith(":"):
            header = (self.before + fill.rstrip()).rpartition("\n")[2]
            yield f"{fill.rstrip()}\n{indentation_of(header)}{self.empty_body}"
        seen = {fill}
        stops = [match.end() for match in _TOKEN.finditer(fill)]
        for kept in (fill[:stop] for stop in reversed(stops)):
            if 2 * len(kept.strip()) < len(fill.strip()) or not kept.strip():
                return
            closed = self._closed(kept) if kept == fill or self._may_end(kept) else None
            if closed is not None and closed not in seen:
                seen.add(closed)
                yield closed

    def trials(self) -> Iterator[str]:
        """Simple texts that close what is open, open what is closed, end a line or head a block."""
        unclosed, quote = _left_open(self.before, self.lexis)
        pairs = zip(unclosed, self._awaited, strict=False)
        fitting = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        closers = quote + _closing(unclosed[fitting:])
        openers = "".join(self._awaited[fitting:])
        line_break = "\n" + indentation_of(self.before.rpartition("\n")[2])
        for stem in ("x", "", " x"):
            yield f"{stem}{closers}{openers}"
            yield f"{stem}{closers}:"
            yield f"{stem}{closers}{line_break}{openers}"
            yield f"{stem}{closers}{line_break}class x"
            yield f"{stem}{closers}():"
        yield f"if x{closers}:"
        yield from ("def x():", "if x: x", "except: x")

    def _may_end(self, kept: str) -> bool:
        """Neither in blanks that part nothing nor where it would grow together with a word."""
        is_before_word = is_word(self.after[:1])
        blank = kept[len(kept.rstrip()) :]
        if "\n" in blank:
            return self.after[:1] not in ("", "\n")
        return is_before_word if blank else not (is_before_word and is_word(kept[-1]))

    def _closed(self, kept: str) -> str | None:
        """With what it leaves open closed, in front of what ends a line; nothing if that is no use.

        Where the code below closes more than was open, the brackets for that are opened at its end.
        """
        unclosed, quote = _left_open(self.before + kept, self.lexis)
        awaited = self._awaited
        lacks = len(unclosed) < len(awaited) and unclosed == awaited[: len(unclosed)]
        if lacks and not quote and len(unclosed) >= self._open_before:
            return kept + "".join(awaited[len(unclosed) :])
        if unclosed[: len(awaited)] != awaited:
            return None
        closers = quote + _closing(unclosed[len(awaited) :])
        line_end = None if closers.startswith("}") else _LINE_END.search(kept)
        place = line_end.start() if line_end else len(kept)
        if closers and kept[:place].endswith(_GOES_ON):
            return None
        return kept[:place] + closers + kept[place:]

    @cached_property
    def _open_before(self) -> int:
        return len(_left_open(self.before, self.lexis)[0])

    @cached_property
    def _awaited(self) -> list[str]:
        return _awaited(self.after, self.lexis)


def _closing(brackets: list[str]) -> str:
    return "".join(_CLOSER_OF[each] for each in reversed(brackets))


def _left_open(text: str, lexis: Lexis) -> tuple[list[str], str]:
    """The brackets that are open where a text ends, and the quote."""
    unclosed: list[str] = []
    quote = ""
    for found in tokens_of(lexis).finditer(text):
        token = found[0]
        if found.lastgroup == "string" and found.end() == len(text) and is_open(lexis, token):
            quote = _quote_of(token, lexis)
        elif token in _CLOSER_OF:
            unclosed.append(token)
        elif unclosed and _CLOSER_OF[unclosed[-1]] == token:
            unclosed.pop()
    return unclosed, quote


def _awaited(text: str, lexis: Lexis) -> list[str]:
    """The brackets that a text closes without having opened them, the outermost first."""
    unclosed: list[str] = []
    awaited: list[str] = []
    for found in tokens_of(lexis).finditer(text):
        token = found[0]
        if token in _CLOSER_OF:
            unclosed.append(token)
        elif token in _OPENER_OF:
            if unclosed:
                unclosed.pop()
            else:
                awaited.insert(0, _OPENER_OF[token])
    return awaited


def _quote_of(string: str, lexis: Lexis) -> str:
    quotes = (*lexis.long_quotes, *lexis.quotes, *lexis.character_quotes)
    return next((quote for quote in quotes if string.startswith(quote)), "")
