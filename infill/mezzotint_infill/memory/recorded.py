"""What is recorded of the published 26B: its config, its special tokens, the sizes of its weights.

So that plans can be told before anything is downloaded, and in no time. The sizes are counted from
the config by ``pages.py``; a test holds one against the other.
"""

import json
from pathlib import Path
from typing import Any

import cattrs

from mezzotint_infill.memory.shape import ModelShape

FACTS = Path(__file__).parent / "diffusiongemma-26b.json"
SHAPE = FACTS.with_suffix(".shape.json")
NAME = "google/diffusiongemma-26B-A4B-it"


def recorded_facts() -> dict[str, Any]:
    """``config``, ``generation_config``, ``tokens`` and ``totals``, and where they are from."""
    return json.loads(FACTS.read_text(encoding="utf-8"))


def shape_of(model: str, folder: Path | None) -> ModelShape:
    """The sizes of a model by its own config, if it lies in a folder; else the recorded ones.

    Raises :class:`~mezzotint_infill.errors.DamagedModelError`.
    """
    if folder is None or model == NAME:
        return recorded_shape()
    # Both import torch, and transformers takes seconds.
    from mezzotint_infill.checkpoint import read_config
    from mezzotint_infill.memory.count import count_shape

    return count_shape(read_config(folder))


def recorded_shape() -> ModelShape:
    """The sizes of all its weights."""
    return cattrs.structure(json.loads(SHAPE.read_text(encoding="utf-8")), ModelShape)
