"""Files of so many lines around a hole, made of whole files of real code."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_server.benchmark.editor import Position, end_of


@dataclass(frozen=True, slots=True)
class LongFile:
    """A text with a hole near its middle."""

    text: str
    line: int
    character: int

    @property
    def position(self) -> Position:
        return {"line": self.line, "character": self.character}


def long_file(cut: Cut, cuts: Sequence[Cut], lines: int) -> LongFile:
    """The hole's own file, with others above and below it."""
    above = _files(cuts, lines // 2)
    below = _files(cuts, lines // 2)
    before = above + cut.prefix
    kept = (before + cut.suffix + "\n" + below).splitlines(keepends=True)
    end = end_of(before)
    text = "".join(kept[: max(lines, end["line"] + 1)])
    return LongFile(text, end["line"], end["character"])


def _files(cuts: Sequence[Cut], lines: int) -> str:
    """Whole files, so that none ends in the middle of a statement."""
    text = ""
    for cut in cycle(cuts):
        if text.count("\n") >= lines:
            return text
        text += f"{cut.text}\n"
    return text
