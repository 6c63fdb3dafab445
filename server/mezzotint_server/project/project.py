"""The project around a hole: what an editor has open, what is in its workspace, what of it to show.

The one entry point of this package. ``snippets`` only looks things up; all reading goes on in the
background and in other processes. Knows paths and documents, and no LSP.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mezzotint_server.documents import Document
from mezzotint_server.project.candidates import candidates
from mezzotint_server.project.imported import Imports, imports_of
from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.indexing import Indexing
from mezzotint_server.project.layout import Layout
from mezzotint_server.project.manifests import is_manifest
from mezzotint_server.project.outline import Outline
from mezzotint_server.project.ranking import Selection, select
from mezzotint_server.project.scene import Scene
from mezzotint_server.project.snippet import (
    Snippet,
    TokenCounter,
    Viewpoint,
    estimated_tokens,
)
from mezzotint_server.project.survey import Survey
from mezzotint_server.project.texts import LineEdit, OpenTexts


class Project:
    """The folders of one workspace and the open documents of one editor.

    ``roots`` are absolute. Documents and files may be told of at any time, from ``start`` on they
    are looked at; both need a running event loop. What is known from the beginning may be given.
    """

    def __init__(
        self,
        roots: Iterable[Path] = (),
        index: WorkspaceIndex | None = None,
        texts: OpenTexts | None = None,
        layout: Layout | None = None,
    ) -> None:
        self._roots = _of_projects(roots)
        self._index = WorkspaceIndex() if index is None else index
        self._texts = OpenTexts() if texts is None else texts
        self._indexing = Indexing(self._index, self._texts, self._roots)
        self._survey = Survey(self._index, self._indexing, self._roots, layout or Layout())
        self._selection: Selection | None = None
        self._imports = _Followed("", Outline(""), 0, self._survey.layout, Imports())

    @property
    def files(self) -> int:
        """How many files are known."""
        return len(self._index)

    def start(self) -> None:
        """Begin to look at the workspace, in the background."""
        self._indexing.start()
        self._survey.start()

    async def settled(self) -> None:
        """Wait until all that is known of has been looked at."""
        await self._indexing.settled()
        await self._survey.settled()

    def stop(self) -> None:
        """End all that goes on in the background."""
        self._survey.stop()
        self._indexing.stop()

    async def aclose(self) -> None:
        """End all that goes on in the background, and wait until it has ended."""
        self._survey.stop()
        await self._indexing.aclose()

    def look_again(self) -> None:
        """Something may have changed somewhere."""
        self._indexing.walk_again()
        self._survey.read_again()

    def set_roots(self, roots: Iterable[Path]) -> None:
        """The workspace has other folders now."""
        self._roots = _of_projects(roots)
        self._indexing.set_roots(self._roots)
        self._survey.set_roots(self._roots)

    def open(self, document: Document, path: Path | None) -> None:
        """An editor has opened a document; what its file says is of no interest from now on."""
        self._texts.open(document, None if path is None else str(path))
        self._indexing.read_text(document.uri)

    def change(self, document: Document, edits: Iterable[LineEdit]) -> None:
        """The document is a newer version of one that is open, and these are its edits in turn."""
        if self._texts.change(document, edits) is not None:
            self._indexing.read_text(document.uri)

    def close(self, uri: str) -> None:
        """The document is open no longer; what its file says counts again."""
        text = self._texts.close(uri)
        self._indexing.forget_text(uri)
        if text is not None:
            self._index.drop(text.key)
            self.files_changed([] if text.path is None else [Path(text.path)])

    def files_changed(self, paths: Iterable[Path]) -> None:
        """These files or folders are new, changed or gone; outside the workspace they are not read."""
        inside = [path for path in paths if any(path.is_relative_to(root) for root in self._roots)]
        self._indexing.files_changed(map(str, inside))
        if any(is_manifest(path.name) for path in inside):
            self._survey.read_again()
        elif any(str(path) not in self._index for path in inside):
            self._survey.look_again()

    def snippets(
        self, view: Viewpoint, budget: int, count: TokenCounter = estimated_tokens
    ) -> tuple[Snippet, ...]:
        """What to show of the rest of the project, in ``budget`` tokens, in the order to show it.

        While the hole moves a little and the text around it is typed, what was shown stays where
        it was, and what is new comes after it. Takes a millisecond or two, and never waits.
        """
        last = self._selection
        kept = (
            last.keys if last is not None and last.is_for(view.uri, view.hole_line, budget) else ()
        )
        scene = Scene.of(view, self._index, self._texts, self._roots, kept)
        found = candidates(scene, self._imports_of(scene))
        self._selection = select(found, view.uri, view.hole_line, budget, count, last)
        return self._selection.snippets

    def _imports_of(self, scene: Scene) -> Imports:
        """Followed anew only when the document imports something else or another file has changed."""
        own, outline = scene.own, scene.outline
        if own is None or own.path is None or outline is None:
            return Imports()
        changes = self._index.changes_besides(own.path)
        layout = self._survey.layout
        known = self._imports
        if known.are_of(own.path, outline, changes, layout):
            imports = known.imports
        else:
            imports = imports_of(outline, own.path, self._index, layout)
        self._imports = _Followed(own.path, outline, changes, layout, imports)
        return imports


@dataclass(frozen=True, slots=True)
class _Followed:
    """Where the imports of one document led, and what that depended on."""

    path: str
    outline: Outline
    changes: int
    """Of all other files."""
    layout: Layout
    imports: Imports

    def are_of(self, path: str, outline: Outline, changes: int, layout: Layout) -> bool:
        if (self.path, self.changes) != (path, changes) or self.layout is not layout:
            return False
        return self.outline is outline or (self.outline.language, self.outline.imports) == (
            outline.language,
            outline.imports,
        )


def _of_projects(roots: Iterable[Path]) -> tuple[Path, ...]:
    """Without those that hold all that somebody has: their home, or a whole disk."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    return tuple(root for root in roots if root not in (home, *home.parents, Path(root.anchor)))
