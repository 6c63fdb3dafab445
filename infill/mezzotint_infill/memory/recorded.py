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


def recorded_shape() -> ModelShape:
    """The sizes of all its weights."""
    return cattrs.structure(json.loads(SHAPE.read_text(encoding="utf-8")), ModelShape)
