"""Which programs count as run to their end."""

import sys
from pathlib import Path

import pytest

from mezzotint_infill.evaluation.sandbox import Outcome, run

PATIENT_S = 120.0
"""For programs that end by themselves, however busy the machine is."""


def check(program: str, expected: Outcome, *, timeout_s: float = PATIENT_S) -> None:
    assert run(program, timeout_s=timeout_s) is expected


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("", id="does nothing"),
        pytest.param("import math, re, typing\nassert math.sqrt(4) == 2", id="uses the library"),
        pytest.param("print('x' * 10_000_000)", id="prints much"),
        pytest.param("assert __name__ == '__main__'", id="is the main program"),
        pytest.param("def f(n): return n and f(n - 1)\nassert f(500) == 0", id="recursive"),
        pytest.param("try: input()\nexcept EOFError: pass", id="asks for input"),
        pytest.param("assert 'ä‸' == chr(228) + chr(0x2038)", id="not ASCII"),
    ],
)
def test_a_program_that_runs_to_its_end_passes(program: str) -> None:
    check(program, Outcome.PASSED)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("assert 1 == 2", id="wrong"),
        pytest.param("raise ValueError", id="raises"),
        pytest.param("def f(:", id="does not parse"),
        pytest.param("a = '\0'", id="has a null character"),
        pytest.param("def f(): f()\nf()", id="recursive without end"),
        pytest.param("import sys\nsys.exit(0)", id="exits"),
        pytest.param("raise SystemExit", id="exits by raising"),
        pytest.param("import os\nos._exit(0)", id="leaves at once"),
        pytest.param("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", id="kills"),
        pytest.param("import os\nfor _ in range(4): os.fork()", id="forks"),
        pytest.param("import os\nif os.fork(): os._exit(0)", id="lets a child do the work"),
        pytest.param("import subprocess\nsubprocess.run(['true'])", id="starts a process"),
        pytest.param("import os\nos.system('true')", id="starts a shell"),
        pytest.param("import socket\nsocket.socket()", id="opens a socket"),
        pytest.param("open('file', 'w')", id="writes a file"),
        pytest.param("import os\nos.open('file', os.O_CREAT | os.O_RDWR)", id="makes a file"),
        pytest.param("import pathlib\npathlib.Path('folder').mkdir()", id="makes a folder"),
        pytest.param("import os\nos.listdir('.')[0]", id="finds something in its folder"),
        pytest.param("import os\nos.environ['HOME']", id="finds something in its environment"),
        pytest.param("import numpy", id="uses an installed package"),
    ],
)
def test_a_program_that_does_not_run_to_its_end_fails(program: str) -> None:
    check(program, Outcome.FAILED)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
@pytest.mark.parametrize(
    "program",
    [
        pytest.param("a = bytearray(1 << 33)", id="at once"),
        pytest.param("a = []\nfor _ in range(256): a.append(bytearray(1 << 24))", id="bit by bit"),
    ],
)
def test_a_program_that_eats_memory_fails(program: str) -> None:
    check(program, Outcome.FAILED)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("while True: pass", id="busy"),
        pytest.param("import time\ntime.sleep(1000)", id="asleep"),
        pytest.param("try:\n    while True: pass\nfinally:\n    while True: pass", id="stubborn"),
    ],
)
def test_an_endless_program_is_stopped(program: str) -> None:
    check(program, Outcome.TIMED_OUT, timeout_s=1.0)


def test_a_thread_left_behind_does_not_hold_up_a_program_that_has_ended() -> None:
    program = (
        "import threading, time\n"
        "try: threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "except RuntimeError: pass  # no second thread where processes are limited\n"
    )
    check(program, Outcome.PASSED)


def test_nothing_is_left_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    check("while True: pass", Outcome.TIMED_OUT, timeout_s=0.5)
    assert list(tmp_path.iterdir()) == []
