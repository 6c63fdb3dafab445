"""What rewriting leaves alone: stretches of real files, marked anywhere, and all that is around them.

The edits are made as they come from the server, by an editor that checks what they touch.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_server.benchmark.editor import Editor, Position, end_of
from mezzotint_server.features.rewriting import REWRITE
from mezzotint_server.positions import PositionEncoding, index_of

LONGEST = 200
"""Characters that are marked at most."""
STRENGTHS = (0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Outside:
    """How many rewrites were asked for, how many came to an edit, how many touched anything else."""

    rewrites: int
    edits: int
    outside: int


async def outside(
    connected: Editor,
    cuts: Sequence[Cut],
    times: int,
    seed: int,
    *,
    on_rewrite: Callable[[], object] = lambda: None,
) -> Outside:
    """Rewrite so many stretches of the cuts' files, one after the other, in turn."""
    draw = random.Random(seed)
    marker = _Marker(connected)
    for number in range(times):
        uri = f"file:///outside/{number % len(cuts)}.py"
        if uri not in marker.texts:
            marker.open(uri, cuts[number % len(cuts)].text)
        length = round(math.exp(draw.uniform(0, math.log(LONGEST))))
        start = draw.randint(0, len(marker.texts[uri]))
        await marker.rewrite(uri, start, start + length, draw.choice(STRENGTHS))
        on_rewrite()
    return Outside(times, marker.edits, marker.outside)


@dataclass
class _Marker:
    """Marks, has rewritten, and makes the edits."""

    connected: Editor
    texts: dict[str, str] = field(default_factory=dict[str, str])
    edits: int = 0
    outside: int = 0

    def __post_init__(self) -> None:
        self.connected.make_edit = self._make

    def open(self, uri: str, text: str) -> None:
        self.texts[uri] = text.replace("\r\n", "\n").replace("\r", "\n")
        self.connected.open(uri, self.texts[uri])

    async def rewrite(self, uri: str, start: int, end: int, strength: float) -> None:
        before = self.texts[uri]
        marked = {"start": end_of(before[:start]), "end": end_of(before[:end])}
        argument = {"uri": uri, "range": marked, "strength": strength}
        await self.connected.ask("workspace/executeCommand", command=REWRITE, arguments=[argument])[
            1
        ]
        after = self.texts[uri]
        left, right = before[:start], before[end:]
        is_around = after.startswith(left) and after.endswith(right)
        self.edits += after != before
        self.outside += not is_around or len(after) < len(left) + len(right)

    def _make(self, edit: dict[str, Any]) -> None:
        for uri, edits in edit["changes"].items():
            text = self.texts[uri]
            for each in sorted(edits, key=_start, reverse=True):
                start, end = (_offset(text, each["range"][name]) for name in ("start", "end"))
                text = text[:start] + each["newText"] + text[end:]
            self.texts[uri] = text
            self.connected.replace(uri, text)


def _start(edit: dict[str, Any]) -> tuple[int, int]:
    start: Position = edit["range"]["start"]
    return start["line"], start["character"]


def _offset(text: str, position: Position) -> int:
    lines = text.split("\n")
    line = lines[position["line"]]
    before = sum(len(each) + 1 for each in lines[: position["line"]])
    return before + index_of(line, position["character"], PositionEncoding.UTF_16)
