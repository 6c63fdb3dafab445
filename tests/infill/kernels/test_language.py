"""Where kernels can be used, and what there is without Triton, as on macOS and Windows."""

import subprocess
import sys

import torch

from mezzotint_infill.kernels import usable

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["triton"] = None
import torch
from mezzotint_infill import kernels
for module in pkgutil.walk_packages(kernels.__path__, kernels.__name__ + "."):
    importlib.import_module(module.name)
sys.exit(kernels.usable(torch.device("cpu")))
"""


def test_kernels_are_for_cards():
    assert not usable(torch.device("cpu"))


def test_kernels_can_be_imported_without_it_and_are_not_usable():
    ran = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, check=False)

    assert ran.returncode == 0, ran.stderr
