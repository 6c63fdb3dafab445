"""What a fill looks like when it is done: for people and for programs.

Knows finished fills; the place around them is the scene's.
"""

import json

from rich.console import Group, RenderableType
from rich.text import Text

from mezzotint_infill.hole import Candidate, Fill, Piece, StopReason
from mezzotint_server.cli.scene import Scene
from mezzotint_server.source_file import counted

NOTHING_FOUND = "No fill was good enough."

_ENDINGS = {
    StopReason.SETTLED: "settled",
    StopReason.STEPS: "stopped at the last step",
    StopReason.DEADLINE: "stopped by the deadline",
}


def as_json(fill: Fill) -> str:
    """One object on one line."""
    return json.dumps(
        {
            "text": fill.text,
            "candidates": [
                {"text": each.text, "score": each.score, "tokens": each.tokens}
                for each in fill.candidates
            ],
            "steps": fill.steps,
            "stopped_by": fill.stopped_by.value,
            "tokens": fill.tokens,
            "length_policy": fill.length_policy,
            "ms": {
                "load": round(fill.ms.load, 1),
                "encode": round(fill.ms.encode, 1),
                "denoise": round(fill.ms.denoise, 1),
                "total": round(fill.ms.total, 1),
            },
            "model": fill.model,
            **({"further": fill.further} if fill.further else {}),
            **({"note": fill.note} if fill.note else {}),
        },
        ensure_ascii=False,
    )


def as_picture(scene: Scene, title: str, fill: Fill) -> RenderableType:
    """The place with the best fill in it, then the other candidates, then the figures."""
    parts: list[Text] = [heading(title), scene.drawn((Piece(fill.text, 1.0),)), Text()]
    if fill.text:
        parts += [_other(scene, number, each) for number, each in _others(fill)]
    else:
        parts.append(Text(NOTHING_FOUND, "bold"))
    parts.append(figures(fill))
    return Group(*parts)


def heading(title: str) -> Text:
    """The line above a scene."""
    return Text.assemble(("mezzotint ", "dim"), (title, "bold"))


def figures(fill: Fill) -> Text:
    """How it went, in one line."""
    parts = [
        counted(fill.tokens, "token"),
        f"{counted(fill.steps, 'step')}, {_ENDINGS[fill.stopped_by]}",
        f"{fill.ms.encode + fill.ms.denoise:,.0f} ms",
        fill.model,
    ]
    if fill.ms.load:
        parts.insert(-1, f"loaded in {fill.ms.load / 1000:.1f} s")
    return Text(" · ".join(parts), "dim")


def _others(fill: Fill) -> list[tuple[int, Candidate]]:
    return list(enumerate(fill.candidates[1:], start=2))


def _other(scene: Scene, number: int, candidate: Candidate) -> Text:
    text = Text.assemble((f"{number}. ", "dim"), (candidate.text, scene.palette.of_certainty(1.0)))
    return Text.assemble(text, (f"  {candidate.score:.2f}", "dim"), "\n")
