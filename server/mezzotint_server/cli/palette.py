"""Colours: of code, and of a draft's certainty from noise to settled.

The terminal's own colours draw the code, so that it fits dark and light ones; the certainty runs
through middling shades that stand out on both. The plate is for pictures, where the ground is ours.
"""

import colorsys
from dataclasses import dataclass

from pygments.token import Comment, Keyword, Name, Number, Operator, String
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.syntax import ANSISyntaxTheme

SETTLED = 0.9
"""The certainty from which a piece is drawn in bold: as good as decided."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Everything that a scene is painted with."""

    syntax: ANSISyntaxTheme
    noise: ColorTriplet
    settled: ColorTriplet
    faint: Style
    """Line numbers and other things that nobody has to read."""

    def of_certainty(self, certainty: float) -> Style:
        """From violet noise over blue and teal to settled green."""
        return Style(
            color=Color.from_triplet(_blend(self.noise, self.settled, certainty)),
            bold=certainty >= SETTLED,
        )


def _blend(start: ColorTriplet, end: ColorTriplet, share: float) -> ColorTriplet:
    """Go around the colour wheel, because the straight way from violet to green is grey."""
    share = min(max(share, 0.0), 1.0)
    first = colorsys.rgb_to_hls(*start.normalized)
    last = colorsys.rgb_to_hls(*end.normalized)
    hue, lightness, saturation = (a + (b - a) * share for a, b in zip(first, last, strict=True))
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return ColorTriplet(round(red * 255), round(green * 255), round(blue * 255))


def _syntax(keyword: str, name: str, string: str, number: str, comment: str) -> ANSISyntaxTheme:
    return ANSISyntaxTheme(
        {
            Keyword: Style.parse(keyword),
            Operator.Word: Style.parse(keyword),
            Name.Function: Style.parse(name),
            Name.Class: Style.parse(name),
            Name.Decorator: Style.parse(name),
            String: Style.parse(string),
            Number: Style.parse(number),
            Comment: Style.parse(comment),
        }
    )


TERMINAL = Palette(
    syntax=_syntax("magenta", "bold", "cyan", "blue", "dim italic"),
    noise=ColorTriplet(150, 120, 205),
    settled=ColorTriplet(30, 160, 75),
    faint=Style(dim=True),
)

PLATE = Palette(
    syntax=_syntax("#c99bd8", "bold #e8e3da", "#d7b98e", "#8fb7d9", "italic #6f6a76"),
    noise=ColorTriplet(104, 84, 158),
    settled=ColorTriplet(126, 231, 135),
    faint=Style(color="#55515e"),
)
