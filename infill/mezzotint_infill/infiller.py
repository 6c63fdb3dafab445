"""The seam: whoever wants a hole filled talks to an ``Infiller`` and to nothing behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.options import InfillOptions

DraftListener: TypeAlias = Callable[[Draft], None]
"""Called once a step, in order, on the event loop's thread."""


class EngineStatus(Enum):
    """What an engine can be doing."""

    """How far an engine is."""

    STARTING = "starting"
    """The process is there, the model is not asked for yet."""
    LOADING = "loading"
    """Weights are being read."""
    READY = "ready"
    BUSY = "busy"
    """Ready, and filling a hole just now."""
    FAILED = "failed"
    """The model cannot be loaded; ``EngineState.message`` says why."""


@dataclass(frozen=True, slots=True)
class EngineState:
    """What an engine says of itself."""

    """What an engine says of itself."""

    status: EngineStatus
    model: str
    """The checkpoint's name."""
    device: str = "cpu"
    message: str = ""
    """One sentence for the user; empty when there is nothing to say."""
    progress: float | None = None
    """Share of the weights that are loaded, 0 to 1, while loading and known."""
    plan: str = ""
    """The memory plan; empty for exact weights."""


class Infiller(Protocol):
    """Fills holes. Implementations: in this process, over HTTP, from a script (tests)."""

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = ...,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        """Denoise one hole.

        Cancel the task to stop: the work ends before the next denoising step.
        Raises :class:`~mezzotint_infill.errors.InfillError`.
        """
        ...

    async def read_ahead(self, hole: Hole) -> None:
        """Encode the prompt of a hole that may have to be filled soon; over when that is done.

        It denoises nothing and raises nothing, loads no model and starts no engine. A fill, or a
        newer hole to read ahead, makes it void: no fill waits for more than a stride of it.
        """
        ...

    async def state(self) -> EngineState:
        """What the engine is doing; answered at once, also while it loads or fills."""
        ...
