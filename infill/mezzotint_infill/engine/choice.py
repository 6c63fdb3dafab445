"""Which infiller a model's name stands for.

``embedded``, a name on the Hub and a folder stand for a model in this process. ``scripted:FILE``
stands for a table of answers, for tests and for trying an editor without a model. The file holds
the fields of :class:`~mezzotint_infill.scripted.ScriptedInfiller`::

    {"answers": {"return": " x + 1"}, "drafts": ["a", "ab"], "step_s": 0.05}
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mezzotint_infill.errors import DamagedModelError, UnknownModelError
from mezzotint_infill.infiller import Infiller
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.scripted import ScriptedInfiller

SCRIPTED = "scripted:"


class Choice(NamedTuple):
    """An infiller, and what has to be done before it can fill."""

    infiller: Infiller
    load: Callable[[], None]
    """Blocks; raises :class:`~mezzotint_infill.errors.ModelError`."""


def choose_infiller(model: str, device: str | None) -> Choice:
    """Nothing heavy is imported or read before ``load`` is called."""
    if model.startswith(SCRIPTED):
        scripted = _read_script(Path(model.removeprefix(SCRIPTED)))
        return Choice(scripted, load=lambda: None)
    local = LocalInfiller(model, device)
    return Choice(local, local.load)


def settled_model(model: str) -> str:
    """The same model's name in every working folder: what is a file becomes an absolute path."""
    if model.startswith(SCRIPTED):
        return SCRIPTED + str(Path(model.removeprefix(SCRIPTED)).absolute())
    if model != "embedded" and Path(model).expanduser().is_dir():
        return str(Path(model).expanduser().absolute())
    return model


def _read_script(file: Path) -> ScriptedInfiller:
    try:
        script: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return ScriptedInfiller(
            answers=script["answers"],
            drafts=tuple(script.get("drafts", ())),
            step_s=script.get("step_s", 0.0),
        )
    except OSError as error:
        raise UnknownModelError(f"The script {file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedModelError(f"{file} is not a script of answers ({error}).") from error
