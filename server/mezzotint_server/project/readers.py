"""The server's end of a reader's process: questions go out, answers come back as lines.

Knows processes and lines of JSON; knows no files. A reader that ends, or that takes too long over
an answer, is started anew with the next question. A thread waits for the pipes: asyncio's own
subprocesses hang a loop that is closed while one is being started (Python 3.11).
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

_ANSWER_S = 60.0
"""How long an answer may take: a walk of a slow disk takes longest."""
_LINES_A_TURN = 4
"""To take over one takes some microseconds: a turn of the event loop as many."""
_END_OF_ANSWER = b"\n"
_LOST = b""


class ReaderLostError(Exception):
    """The process cannot be started, ended, or does not answer."""


class Reader:
    """One process, which is there from the first question on. It answers one after the other."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._turn = asyncio.Lock()

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def start(self) -> None:
        """Start the process, which takes a while, before there is a question."""
        with contextlib.suppress(OSError):  # The question will tell.
            self._running = self._running or _started()

    async def ask(self, question: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
        """The lines of the answer. Raises :class:`ReaderLostError`.

        While they are taken over, the reader is at the next question, if somebody else has one.
        """
        async with self._turn:
            lines = await self._answer(question)
        for number, line in enumerate(lines[:-1]):
            yield line
            if number % _LINES_A_TURN == 0:
                # What is there already comes without a pause; others want their turn as well.
                await asyncio.sleep(0)
        if lines[-1] != _END_OF_ANSWER:
            raise ReaderLostError

    async def _answer(self, question: Mapping[str, Any]) -> list[bytes]:
        is_answered = False
        try:
            running = self._running = self._running or _started()
            running.questions.put(json.dumps(question).encode() + b"\n")
            lines = await _answer(running)
            is_answered = lines[-1] == _END_OF_ANSWER
        except OSError:
            return [_LOST]
        finally:
            # The rest of an answer that nobody waits for would be taken for the next one's.
            if not is_answered:
                self.stop()
        return lines

    def stop(self) -> None:
        """End the process; a question that it is at is lost."""
        running, self._running = self._running, None
        if running is not None:
            running.questions.put(None)
            running.process.kill()


@dataclass(frozen=True, slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    questions: SimpleQueue[bytes | None] = field(default_factory=SimpleQueue[bytes | None])
    answers: asyncio.Queue[list[bytes]] = field(default_factory=asyncio.Queue[list[bytes]])


async def _answer(running: _Running) -> list[bytes]:
    """The lines of an answer with its end, or those that there are until the reader is lost."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            return await running.answers.get()
    except TimeoutError:
        running.process.kill()
        return await running.answers.get()


def _started() -> _Running:
    process = subprocess.Popen(
        # -P: a package in the folder that the editor is in must not be imported for ours.
        [sys.executable, "-P", "-m", "mezzotint_server.project.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
    )
    running = _Running(process)
    loop = asyncio.get_running_loop()

    def tell(answer: list[bytes]) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            loop.call_soon_threadsafe(running.answers.put_nowait, answer)

    Thread(target=_converse, args=(running, tell), name="project-reader", daemon=True).start()
    return running


def _converse(running: _Running, tell: Callable[[list[bytes]], None]) -> None:
    """Pass on questions and answers until the process ends or nobody asks any more."""
    # Outermost, because to close the pipe of a process that has ended is an error as well.
    with contextlib.suppress(OSError), running.process as process:
        if process.stdin is None or process.stdout is None:
            return
        while (question := running.questions.get()) is not None:
            process.stdin.write(question)
            process.stdin.flush()
            # All at once: for every line the event loop would be woken up.
            lines = _lines_of_answer(process.stdout)
            tell(lines)
            if lines[-1] == _LOST:
                return
    tell([_LOST])


def _lines_of_answer(stream: IO[bytes]) -> list[bytes]:
    lines: list[bytes] = []
    while (line := stream.readline()).endswith(b"\n"):
        lines.append(line)
        if line == _END_OF_ANSWER:
            return lines
    return [*lines, _LOST]  # Half a line says nothing.
