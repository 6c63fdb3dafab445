"""The program as a process of its own."""

import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "mezzotint_server"]
TIMEOUT_S = 120

SLOW = """
import sys, time
from mezzotint_server.__main__ import program

class Slow:
    def fill_now(self, hole, options=None, *, on_draft=None, cancellation=None):
        print("denoising", flush=True)
        time.sleep(600)

program()(sys.argv[1:], obj=lambda model, plan: Slow())
"""


def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_the_version_is_the_distribution_s() -> None:
    shown = start("--version")
    assert (shown.returncode, shown.stdout) == (0, f"mezzotint {version('mezzotint')}\n")


def test_a_wrong_command_is_told_the_right_one() -> None:
    shown = start("wach", "a.py:1")
    assert shown.returncode == 2
    assert "watch" in shown.stderr


def test_bad_input_needs_no_model() -> None:
    shown = start("fill", "nothing.py:1")
    assert shown.returncode == 2
    assert shown.stderr == "mezzotint: There is no file nothing.py.\n"
    assert shown.stdout == ""


def test_a_server_is_not_started_under_a_plan_that_is_none() -> None:
    shown = start("serve", "--plan", "w3")
    assert shown.returncode == 2
    assert "w3" in shown.stderr


def test_the_console_script_is_the_program() -> None:
    script = Path(sys.executable).with_name("mezzotint")
    shown = subprocess.run(
        [script, "fill", "-", "--json"],
        capture_output=True,
        input=b"no mark here",
        timeout=TIMEOUT_S,
        check=False,
    )
    assert shown.returncode == 2
    assert "no ‸ in standard input" in shown.stderr.decode()


@pytest.mark.parametrize("arguments", [["--help"], ["fill", "--help"], ["serve", "--help"]])
def test_help_imports_no_tensors(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from mezzotint_server.__main__ import program\n"
        f"program()({arguments!r}, standalone_mode=False)\n"
        "assert not {'torch', 'transformers', 'numpy'} & set(sys.modules)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert "Usage" in shown.stdout


def test_an_editors_start_imports_no_other_command() -> None:
    code = (
        "import sys\n"
        "from mezzotint_server.__main__ import program\n"
        "program('serve')\n"
        "files = {name for name in sys.modules if name.startswith('mezzotint_server.cli.')}\n"
        "print(*sorted(name.rpartition('.')[2] for name in files))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT_S, check=True
    )
    assert shown.stdout.split() == ["arguments", "filling", "serve"]


def test_what_is_no_command_is_answered_by_the_whole_program() -> None:
    shown = subprocess.run(
        [sys.executable, "-P", "-m", "mezzotint_server", "sevre"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert shown.returncode == 2
    assert "'serve'" in shown.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process.")
@pytest.mark.parametrize("command", ["fill", "watch"])
def test_an_interrupt_is_quiet(command: str, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = \n")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, command, f"{path}:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        # A shell that runs tests in the background has them ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  # no threads here
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "denoising\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    finally:
        process.kill()
    assert process.returncode == 130
    assert errors == ""


@pytest.mark.skipif(os.name == "nt", reason="The engine's socket is not for Windows yet.")
def test_an_engine_whose_socket_is_taken_is_one_sentence(tmp_path: Path) -> None:
    script, taken = tmp_path / "script.json", tmp_path / "engine.sock"
    script.write_text('{"answers": {}}')
    taken.write_text("not a socket")
    shown = start("engine", "--model", f"scripted:{script}", "--socket", str(taken))
    assert shown.returncode == 2
    assert shown.stderr == f"mezzotint: {taken} is in the way: it is not a socket.\n"
