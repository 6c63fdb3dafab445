"""A reader's process: it answers, it may be lost, and it is there again."""

from pathlib import Path

import pytest

from mezzotint_server.project.readers import Reader, ReaderLostError


async def answer(reader: Reader, **question: object) -> list[bytes]:
    return [line async for line in reader.ask(question)]


async def test_a_reader_that_is_lost_is_there_again_with_the_next_question(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("def f(): pass\n", "utf-8")
    what = {"do": "read", "roots": [str(tmp_path)], "paths": [str(path), str(tmp_path / "b.py")]}
    reader = Reader()
    reader.start()
    try:
        with pytest.raises(ReaderLostError):
            await answer(reader, do="what no reader can")
        assert not reader.is_running
        first, second = await answer(reader, **what)
        assert b'"def f()"' in first
        assert second == b"null\n"
    finally:
        reader.stop()


async def test_what_was_answered_before_a_reader_was_lost_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("", "utf-8")
    told: list[bytes] = []

    async def ask() -> None:
        paths = [str(path), None]
        async for line in Reader().ask({"do": "read", "roots": [str(tmp_path)], "paths": paths}):
            told.append(line)  # noqa: PERF401 - an extend would keep nothing of what is lost

    with pytest.raises(ReaderLostError):
        await ask()
    assert len(told) == 1
