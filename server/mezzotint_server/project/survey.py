"""Keeps the layout as the workspace is: in the background, in a thread, whenever its files change."""

import asyncio
import logging
from pathlib import Path

from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.indexing import Indexing
from mezzotint_server.project.layout import Layout
from mezzotint_server.project.manifests import read_layout

_logger = logging.getLogger(__name__)


class Survey:
    """The last known layout. Needs a running event loop from ``start`` on."""

    def __init__(
        self, index: WorkspaceIndex, indexing: Indexing, roots: tuple[Path, ...], layout: Layout
    ) -> None:
        self.layout = layout
        self._index = index
        self._indexing = indexing
        self._roots = roots
        self._news = asyncio.Event()
        self._is_settled = asyncio.Event()
        self._paths: frozenset[str] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; once."""
        if self._task is None:
            self.read_again()
            self._task = asyncio.create_task(self._work())

    def stop(self) -> None:
        """End it at once."""
        if self._task is not None:
            self._task.cancel()

    async def settled(self) -> None:
        """Wait until the layout is that of all that is indexed."""
        await self._is_settled.wait()

    def set_roots(self, roots: tuple[Path, ...]) -> None:
        """The workspace has other folders now."""
        self._roots = roots
        self.read_again()

    def read_again(self) -> None:
        """Manifests may say something else."""
        self._paths = None
        self.look_again()

    def look_again(self) -> None:
        """Files may have come or gone."""
        self._is_settled.clear()
        self._news.set()

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._indexing.settled()
            paths = frozenset(self._index.paths())
            if paths != self._paths:
                self._paths = paths
                await self._read(paths)
            if not self._news.is_set():
                self._is_settled.set()

    async def _read(self, paths: frozenset[str]) -> None:
        try:
            self.layout = await asyncio.to_thread(read_layout, paths, self._roots)
        except Exception:  # an odd manifest must not end suggestions
            _logger.exception("The manifests of the workspace cannot be read.")
