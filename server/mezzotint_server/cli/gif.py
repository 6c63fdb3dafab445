"""Saves the frames of a fill as an animated GIF: a dark plate, and code that comes out of the grain.

Knows pixels. The font comes with the program, since no machine is sure to have one.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from mezzotint_server.cli.frames import Frame, noise
from mezzotint_server.cli.scene import BAR, Scene
from mezzotint_server.source_file import SourceFileError, reason

FONT_SIZE = 20
CELL = (12, 30)
"""Width and height of a character; the font is 12.04 pixels wide at this size."""
MARGIN = 36
COLUMNS = (64, 110)
"""The fewest and the most characters in a line; the rest of a longer one is cut off."""
OPENING = 6
"""Frames of grain before the first draft."""
LAST_FRAME_MS = 3_000
COLORS = 255

GROUND = "#16131c"
TEXT = "#cfc9d6"
FAINT = "#6f6a76"
COPPER = "#c98a5e"
GROOVE = "#262130"


@dataclass(frozen=True, slots=True)
class _Plate:
    """What all frames have in common."""

    title: str
    columns: int
    rows: int
    font: ImageFont.FreeTypeFont

    @property
    def size(self) -> tuple[int, int]:
        return 2 * MARGIN + self.columns * CELL[0], 2 * MARGIN + (self.rows + 4) * CELL[1]


def check_can_save(path: Path) -> None:
    """Say it before the work is done rather than after. Raises :class:`SourceFileError`."""
    if not path.parent.is_dir():
        raise SourceFileError(f"There is no folder {path.parent} to save {path.name} in.")


def save(path: Path, scene: Scene, title: str, frames: Sequence[Frame], pace_ms: int) -> None:
    """Write the animation; the last frame stays for a while. Raises :class:`SourceFileError`."""
    shown = [*(noise(tick) for tick in range(OPENING)), *frames]
    texts = [scene.drawn(frame.pieces).split("\n", allow_blank=True) for frame in shown]
    widest = max(line.cell_len for lines in texts for line in lines)
    plate = _Plate(
        title,
        columns=min(max(widest, COLUMNS[0]), COLUMNS[1]),
        rows=max(map(len, texts)),
        font=_font(),
    )
    images = [
        _painted(plate, list(lines), frame, scene)
        for lines, frame in zip(texts, shown, strict=True)
    ]
    durations = [max(pace_ms, 20)] * (len(images) - 1) + [LAST_FRAME_MS]
    _write(path, _in_few_colors(images), durations)


def _painted(plate: _Plate, lines: list[Text], frame: Frame, scene: Scene) -> Image.Image:
    image = Image.new("RGB", plate.size, GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN - 8), "mezzotint", COPPER, plate.font)
    draw.text((MARGIN + 10 * CELL[0], MARGIN - 8), plate.title, FAINT, plate.font)
    for row, line in enumerate(lines, start=2):
        line.truncate(plate.columns, overflow="ellipsis")
        _draw_line(draw, plate, MARGIN + row * CELL[1] - 8, line)
    _draw_certainty(draw, plate, frame, scene)
    return image


def _draw_line(draw: ImageDraw.ImageDraw, plate: _Plate, top: int, line: Text) -> None:
    column = 0
    for segment in line.render(Console(), end=""):
        color = _color(segment.style)
        for character in segment.text:
            left = MARGIN + column * CELL[0]
            if character == BAR:
                # Drawn, so that the bars of neighbouring lines touch.
                draw.rectangle((left, top - 3, left + 3, top + CELL[1] - 4), color)
            elif character != " ":
                draw.text((left, top), character, color, plate.font)
            column += cell_len(character)


def _draw_certainty(draw: ImageDraw.ImageDraw, plate: _Plate, frame: Frame, scene: Scene) -> None:
    """A groove along the bottom that fills as the draft settles."""
    width, height = plate.size
    top = height - MARGIN - 4
    draw.text((MARGIN, top - CELL[1] - 2), frame.caption, FAINT, plate.font)
    length = width - 2 * MARGIN
    draw.rounded_rectangle((MARGIN, top, MARGIN + length, top + 5), 2, GROOVE)
    if frame.certainty > 0:
        color = _color(scene.palette.of_certainty(frame.certainty))
        right = MARGIN + max(6, round(length * frame.certainty))
        draw.rounded_rectangle((MARGIN, top, right, top + 5), 2, color)


def _color(style: Style | None) -> str:
    return style.color.get_truecolor().hex if style and style.color else TEXT


def _font() -> ImageFont.FreeTypeFont:
    file = resources.files("mezzotint_server.cli") / "fonts" / "DejaVuSansMono.ttf"
    return ImageFont.truetype(io.BytesIO(file.read_bytes()), FONT_SIZE)


def _in_few_colors(images: Sequence[Image.Image]) -> list[Image.Image]:
    """One palette for all, or the still parts would shimmer."""
    samples = images[:: max(1, len(images) // 8)]
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * (len(samples) + 1)))
    for index, image in enumerate([*samples, images[-1]]):
        sheet.paste(image, (0, index * height))
    palette = sheet.quantize(COLORS)
    return [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]


def _write(path: Path, images: Sequence[Image.Image], durations: Sequence[int]) -> None:
    try:
        images[0].save(
            path,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=list(durations),
            loop=0,
        )
    except OSError as error:
        raise SourceFileError(f"{path} cannot be written: {reason(error)}.") from error
