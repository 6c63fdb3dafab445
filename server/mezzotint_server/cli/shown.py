"""What of a project is shown for places where something was cut out of its files, as to an editor.

Each file counts as open, without what was cut out of it, and its folder as the workspace.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TypeAlias

from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_infill.hole import Snippet
from mezzotint_server.cli.ways import around_cut
from mezzotint_server.cursor import snippets_for
from mezzotint_server.documents import Document
from mezzotint_server.lines import split_lines
from mezzotint_server.positions import PositionEncoding
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import for_hole

Shown: TypeAlias = Mapping[Cut, tuple[Snippet, ...]]


async def shown_for(cuts: Iterable[Cut], folders: Sequence[Path]) -> Shown:
    """The snippets for each place, chosen when all of the workspace is known."""
    roots = [folder.resolve() for folder in folders]
    project = Project(roots)
    project.start()
    async with aclosing(project):
        return {cut: await _shown(cut, _path_of(cut, roots), project) for cut in cuts}


async def _shown(cut: Cut, path: Path, project: Project) -> tuple[Snippet, ...]:
    lines = split_lines(cut.prefix + cut.suffix)
    document = Document(path.as_uri(), cut.hole.language, 1, lines, PositionEncoding.UTF_32)
    project.open(document, path)
    await project.settled()
    line = cut.prefix.count("\n")
    try:
        return for_hole(snippets_for(around_cut(cut), document.uri, line, project))
    finally:
        project.close(document.uri)


def _path_of(cut: Cut, roots: Sequence[Path]) -> Path:
    """The file that was cut; its path begins with its folder's name."""
    paths = [root.parent / cut.path for root in roots]
    return next((path for path in paths if path.exists()), paths[0])
