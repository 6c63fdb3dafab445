"""The comparisons of this folder, run in Triton's interpreter: see conftest.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_kernels_do_as_plain_torch_does_when_interpreted():
    pytest.importorskip("triton")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        Path(__file__).parent,
    ]

    ran = subprocess.run(
        command,
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
