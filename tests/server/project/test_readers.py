"""A reader's process: it answers, it may be lost, and it is there again."""

import asyncio
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


async def test_a_reader_is_asked_again_while_an_answer_is_taken_over(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("a.py", "b.py", "c.py")]
    for name in "abc":
        (tmp_path / f"{name}.py").write_text(f"in_{name} = 1\n", "utf-8")
    reader = Reader()

    async def ask(*paths: str) -> list[bytes]:
        return await answer(reader, do="read", roots=[str(tmp_path)], paths=paths)

    try:
        answers = await asyncio.gather(ask(*paths), ask(*reversed(paths)), ask(paths[1]))
        told = [
            "".join(name for name in "abc" if b"in_%c" % ord(name) in line) for line in answers[0]
        ]
        assert told == ["a", "b", "c"]
        assert answers[1] == answers[0][::-1]
        assert answers[2] == answers[0][1:2]
    finally:
        reader.stop()


async def test_a_question_that_nobody_waits_for_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n", "utf-8")
    what = {"do": "read", "roots": [str(tmp_path)], "paths": [str(path)]}
    reader = Reader()
    try:
        left = asyncio.create_task(answer(reader, do="walk", roots=[str(tmp_path)], near=[]))
        kept = asyncio.create_task(answer(reader, **what))
        await asyncio.sleep(0)
        left.cancel()
        assert [b'"x = 1"' in line for line in await kept] == [True]
    finally:
        reader.stop()
