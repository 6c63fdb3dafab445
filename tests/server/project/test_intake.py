"""How many files a reader is asked for at a time, and what is left of a heap that ends readers."""

from pathlib import Path

from mezzotint_server.project.index import Stamp, WorkspaceIndex
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
