"""``mezzotint context``: what a model is shown of a file and of its project. Asks no model."""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console, Group, RenderableType
from rich.text import Text

from mezzotint_infill.hole import Piece
from mezzotint_server.cli import arguments as told
from mezzotint_server.cli.hole_in_file import MARKER, HoleInFile, find_hole
from mezzotint_server.cli.palette import TERMINAL
from mezzotint_server.cli.report import heading
from mezzotint_server.cli.scene import Scene
from mezzotint_server.source_file import counted

if TYPE_CHECKING:
    from mezzotint_server.project.snippet import Snippet

INDEXING_S = 20.0
"""What is not known of a project after that is not shown; editors have all day for it."""
LINES = 10


def context(
    place: told.PlaceArgument,
    as_data: told.JsonOption = False,
) -> None:
    """Show what a model is shown for a hole: its kind, its edges, the code, the snippets."""
    started = time.monotonic()
    where = find_hole(place, to=None)
    found = time.monotonic() - started
    snippets, chosen = asyncio.run(_snippets(where))
    if as_data:
        typer.echo(_as_json(where, snippets, 1000 * (found + chosen)))
    else:
        Console(highlight=False).print(_as_picture(where, snippets), soft_wrap=True)


async def _snippets(where: HoleInFile) -> tuple[tuple["Snippet", ...], float]:
    """What of the rest of the project is shown, and the seconds it took to choose it."""
    # The protocol's types take half a second to import, and most commands do without.
    from mezzotint_server.cursor import snippets_for
    from mezzotint_server.documents import Document, split_lines
    from mezzotint_server.positions import PositionEncoding
    from mezzotint_server.project.project import Project

    path = where.file.path
    if path is None:
        return (), 0.0
    document = Document(
        path.as_uri(),
        where.hole.language,
        version=1,
        lines=split_lines(where.file.text),
        encoding=PositionEncoding.UTF_32,
    )
    project = Project([_root_of(path)])
    project.start()
    project.open(document, path)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(INDEXING_S):
                await project.settled()
        started = time.monotonic()
        snippets = snippets_for(where.around, document.uri, where.line - 1, project)
        return snippets, time.monotonic() - started
    finally:
        await project.aclose()


def _root_of(path: Path) -> Path:
    """The repository that a file is in, or its folder."""
    return next((each for each in path.parents if (each / ".git").exists()), path.parent)


def _as_json(where: HoleInFile, snippets: "Iterable[Snippet]", ms: float) -> str:
    hole = where.hole
    return json.dumps(
        {
            "language": hole.language,
            "kind": hole.kind.value,
            "prefix": hole.prefix,
            "suffix": hole.suffix,
            "indent": hole.indent,
            "snippets": [
                {
                    "path": each.path,
                    "reason": each.reason.value,
                    "text": each.text,
                    "tokens": each.tokens,
                }
                for each in snippets
            ],
            "ms": round(ms, 1),
        },
        ensure_ascii=False,
    )


def _as_picture(where: HoleInFile, snippets: "Iterable[Snippet]") -> RenderableType:
    scene = Scene.around(where, TERMINAL, LINES)
    return Group(
        heading(where.title),
        scene.drawn((Piece(MARKER, 1.0),)),
        Text(),
        *_facts(where),
        *(_snippet(each) for each in snippets),
    )


def _facts(where: HoleInFile) -> Iterable[Text]:
    """What the hole is, and how much of the file is shown."""
    hole, edges, window = where.hole, where.around.edges, where.around.window
    yield _fact("language", hole.language)
    yield _fact("kind", hole.kind.value, _limit(hole.lines), f"in {edges.zone.value}")
    yield _fact("indentation", _spelt(hole.indent) or "none")
    if edges.word_before or edges.word_after:
        yield _fact("word", f"{edges.word_before}{MARKER}{edges.word_after}")
    if edges.block_end is not None:
        rest = where.around.text[where.around.place.end : edges.block_end].strip("\n")
        yield _fact("block", f"goes on for {counted(rest.count(chr(10)) + bool(rest), 'line')}")
    first = where.around.first_line + 1
    last = first + where.around.text.count("\n", window.start, window.end)
    yield _fact("from", f"line {first}", window.starts_at.value)
    yield _fact("to", f"line {last}", window.ends_at.value)


def _fact(name: str, *values: str) -> Text:
    return Text.assemble((f"{name:<12}", "dim"), " · ".join(filter(None, values)))


def _limit(lines: int | None) -> str:
    return f"at most {counted(lines, 'line')}" if lines else ""


def _spelt(indent: str) -> str:
    tabs, spaces = indent.count("\t"), indent.count(" ")
    counts = ((tabs, "tab"), (spaces, "space"))
    return ", ".join(counted(count, noun) for count, noun in counts if count)


def _snippet(snippet: "Snippet") -> Text:
    lines = f"{snippet.path}:{snippet.first_line + 1}"
    facts = f"  {snippet.reason.value} · {counted(snippet.tokens, 'token')}"
    return Text.assemble("\n", (lines, "bold"), (facts, "dim"), "\n", snippet.text)
