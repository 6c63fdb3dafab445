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

from mezzotint_infill.engine.address import SCRIPTED
from mezzotint_infill.errors import DamagedModelError, UnknownModelError
from mezzotint_infill.infiller import Infiller
from mezzotint_infill.plans import AUTO, require_known
from mezzotint_infill.scripted import ScriptedInfiller


class Choice(NamedTuple):
    """An infiller, and what has to be done before it can fill."""

    infiller: Infiller
    load: Callable[[], None]
    """Blocks; raises :class:`~mezzotint_infill.errors.ModelError`."""


def choose_infiller(model: str, device: str | None, plan: str = AUTO) -> Choice:
    """Nothing heavy is imported or read before ``load`` is called.

    Raises :class:`~mezzotint_infill.errors.InfillError`: an unknown plan, a script that is none.
    """
    require_known(plan)
    if model.startswith(SCRIPTED):
        scripted = _read_script(Path(model.removeprefix(SCRIPTED)))
        return Choice(scripted, load=lambda: None)
    # Here and not above: whoever only looks for an engine needs none of it.
    from mezzotint_infill.local import LocalInfiller

    local = LocalInfiller(model, device, plan)
    return Choice(local, local.load)


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
