"""How many files a reader is asked for at a time, and what a file costs that no reader survives."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from mezzotint_server.project.index import Stamp, WorkspaceIndex
from mezzotint_server.project.indexing import Indexing
from mezzotint_server.project.intake import BYTES_A_QUESTION, FILES_A_QUESTION, Intake
from mezzotint_server.project.readers import Reader
from mezzotint_server.project.texts import OpenTexts


async def shares(tmp_path: Path, heap: dict[str, Stamp]) -> list[int]:
    """How many files each question took off a heap."""
    intake, reader = Intake(WorkspaceIndex(), OpenTexts()), Reader()
    intake.roots = (tmp_path,)
    intake.files = dict(heap)
    counts: list[int] = []
    try:
        while left := len(intake.files):
            await intake.read_files(reader)
            counts.append(left - len(intake.files))
    finally:
        reader.stop()
    return counts


async def test_questions_get_shorter_towards_the_end(tmp_path: Path) -> None:
    heap = {str(tmp_path / f"{number}.py"): (1, 100) for number in range(400)}
    counts = await shares(tmp_path, heap)
    assert counts[0] == FILES_A_QUESTION
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == 400
    assert max(counts[-8:]) < FILES_A_QUESTION // 4


async def test_large_files_are_asked_for_one_by_one(tmp_path: Path) -> None:
    heap = {str(tmp_path / f"{number}.py"): (1, BYTES_A_QUESTION) for number in range(40)}
    assert await shares(tmp_path, heap) == [1] * 40


DEADLY = """#!{python} -P
import os
import sys
from mezzotint_server.project import reader, readable

def deadly(path, flags, _open=os.open):
    return os._exit(1) if path.name.startswith("deadly") else _open(path, flags)

readable.os = type("os", (), {{**vars(os), "open": staticmethod(deadly)}})
reader.main()
"""
"""Instead of Python: a reader that does not survive some files."""


@pytest.mark.skipif(os.name == "nt", reason="Windows starts no scripts.")
async def test_files_that_end_readers_cost_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "work"
    root.mkdir()
    names = [f"{number:03}.py" for number in range(200)]
    names[::60] = [f"deadly_{name}" for name in names[::60]]
    for name in names:
        (root / name).write_text("x = 1\n", "utf-8")
    script = tmp_path / "python"
    script.write_text(DEADLY.format(python=sys.executable), "utf-8")
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    index = WorkspaceIndex()
    indexing = Indexing(index, OpenTexts(), (root,))
    indexing.start()
    async with asyncio.timeout(60):
        await indexing.settled()
    await indexing.aclose()
    assert {Path(path).name for path in index.paths()} == set(names)
    lost = {Path(path).name for path in index.paths() if index.outline(path) is None}
    assert lost == {name for name in names if name.startswith("deadly")}
