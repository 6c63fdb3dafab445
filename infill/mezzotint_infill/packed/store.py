"""Where packed files lie: a folder for each model and plan among the user's data."""

import hashlib
import os
import re
from pathlib import Path

from platformdirs import user_data_path

from mezzotint_infill.memory.plan import MemoryPlan

DATA_VARIABLE = "MEZZOTINT_DATA_DIR"
"""Names another folder: packed files take 15 to 50 GB each."""
WEIGHTS = "weights.safetensors"
SMALL_FILES = ("config.json", "generation_config.json", "tokenizer.json")
"""Of the checkpoint; with them the packed file needs the checkpoint no more."""


def packed_folder(model: str, plan: MemoryPlan) -> Path:
    """Where the packed file of a model for a plan is, or would be."""
    name = settled_name(model)
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    words = re.sub(r"[^a-z0-9]+", "-", Path(name).name.lower()).strip("-")[:40]
    return data_folder() / "packed" / f"{words}-{digest}" / plan.name


def find_packed(model: str, plan: MemoryPlan) -> Path | None:
    """The folder of a packed file, if there is one; whether it is whole, reading it tells."""
    folder = packed_folder(model, plan)
    return folder if (folder / WEIGHTS).is_file() else None


def settled_name(model: str) -> str:
    """A model's name wherever it is asked for from: a folder's is its whole path."""
    try:
        folder = Path(model).expanduser()
        return str(folder.absolute()) if model and folder.is_dir() else model
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, no such user
        return model


def data_folder() -> Path:
    """Where everything large of this user's lies."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named).absolute() if named else user_data_path("mezzotint")
