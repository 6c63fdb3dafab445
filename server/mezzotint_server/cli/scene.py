"""A hole in its surroundings, as lines of styled text: for terminals and for pictures.

The code around the hole never changes between two drawings, so nothing flickers but the hole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text

from mezzotint_infill.hole import Hole, Piece
from mezzotint_server.cli.hole_in_file import HoleInFile
from mezzotint_server.cli.palette import Palette

TAB = 4
BAR = "▌"
"""Stands beside the lines that a draft is on, for eyes and for pipes without colour."""
CHARACTERS_FOR_LEXER = 20_000
"""So much code on either side tells a string from code; more would only take time."""

_UNPRINTABLE = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"},
    **dict.fromkeys(range(0x7F, 0xA0), 0xFFFD),
}
"""Noise may be anything; a terminal must not obey it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Some lines before the hole, some after it, and a place for a draft between them."""

    before: Text
    after: Text
    first_line: int
    """The line number of the first line before the hole."""
    last_line: int
    """The highest line number that can be seen without a fill."""
    palette: Palette

    @classmethod
    def around(cls, place: HoleInFile, palette: Palette, lines: int = 4) -> "Scene":
        """What is seen of the code around a hole."""
        near, last = _last_lines(place.hole.prefix, lines), _first_lines(place.hole.suffix, lines)
        before, after = _highlighted(place.hole, len(near), len(last), palette)
        first_line = place.line - near.count("\n")
        return cls(before, after, first_line, place.line + last.count("\n"), palette)

    def drawn(self, pieces: Iterable[Piece] = ()) -> Text:
        """The scene with a draft in it, each piece in the colour of its certainty."""
        inside = Text()
        certainties: list[float] = []
        for piece in pieces:
            inside.append(_printable(piece.text), self.palette.of_certainty(piece.certainty))
            certainties.append(piece.certainty)
        bar = self.palette.of_certainty(fmean(certainties or (1.0,)))
        whole = Text.assemble(self.before, inside, self.after)
        first = self.before.plain.count("\n")
        return self._numbered(whole, range(first, first + inside.plain.count("\n") + 1), bar)

    def _numbered(self, whole: Text, filled: range, bar: Style) -> Text:
        """Line numbers in front, and a bar beside the lines that the draft is on."""
        width = len(str(self.last_line + len(filled) - 1))
        lines: list[Text] = []
        for index, line in enumerate(whole.split("\n", allow_blank=True)):
            line.expand_tabs(TAB)
            number = Text(f"{self.first_line + index:>{width}} ", self.palette.faint)
            mark = Text(f"{BAR} ", bar) if index in filled else Text("  ")
            lines.append(Text.assemble(number, mark, line))
        return Text("\n").join(lines)


def _highlighted(hole: Hole, before: int, after: int, palette: Palette) -> tuple[Text, Text]:
    """The last ``before`` and the first ``after`` characters around a hole, in colour."""
    prefix = _printable(hole.prefix[-CHARACTERS_FOR_LEXER:])
    suffix = _printable(hole.suffix[:CHARACTERS_FOR_LEXER])
    painted = Text(prefix + suffix)
    lexer = Syntax("", "python" if hole.language == "python" else "text").lexer
    if lexer:
        for start, token, text in lexer.get_tokens_unprocessed(painted.plain):
            painted.stylize(palette.syntax.get_style_for_token(token), start, start + len(text))
    seam = len(prefix)
    return painted[max(0, seam - before) : seam], painted[seam : seam + after]


def _last_lines(text: str, lines: int) -> str:
    """The line that ``text`` ends in, and so many lines before it."""
    start = len(text)
    for _ in range(lines + 1):
        start = text.rfind("\n", 0, start)
        if start < 0:
            return text
    return text[start + 1 :]


def _first_lines(text: str, lines: int) -> str:
    """The rest of the line that ``text`` starts in, and so many lines after it."""
    end = -1
    for _ in range(lines + 1):
        end = text.find("\n", end + 1)
        if end < 0:
            return text.removesuffix("\n")
    return text[:end]


def _printable(text: str) -> str:
    return text.translate(_UNPRINTABLE)
