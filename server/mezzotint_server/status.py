"""How things stand, as an editor shows it: one word, and a sentence that says what to do.

It is told when it changes and at no other time. Nothing here knows how it is told.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from mezzotint_infill.infiller import EngineState
from mezzotint_server import feedback as say


class Kind(Enum):
    """How things stand, in a word."""

    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    DEGRADED = "degraded"
    """There are suggestions, but not as there should be."""
    UNAVAILABLE = "unavailable"


_WORKING = (Kind.STARTING, Kind.LOADING, Kind.BUSY)
_COPILOT_KINDS: Mapping[Kind, str] = MappingProxyType(
    {Kind.DEGRADED: "Warning", Kind.UNAVAILABLE: "Error"}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an editor is told."""

    kind: Kind
    message: str
    is_busy: bool = False
    is_turned_off: bool = False
    """By the user: nothing is wrong."""
    model: str = ""
    device: str = ""
    plan: str = ""
    """How the model lies in memory; empty where there is no choice."""

    @property
    def wire(self) -> dict[str, Any]:
        """For ``mezzotint/status``."""
        return {
            "kind": self.kind.value,
            "message": self.message,
            "busy": self.is_busy,
            "model": self.model,
            "plan": self.plan,
            "device": self.device,
        }

    @property
    def copilot(self) -> dict[str, Any]:
        """For ``didChangeStatus``, as clients of Copilot's language server know it."""
        kind = "Inactive" if self.is_turned_off else _COPILOT_KINDS.get(self.kind, "Normal")
        return {"kind": kind, "message": self.message, "busy": self.is_busy}


class Status:
    """What the engine does and what the user wants, in one."""

    def __init__(self, tell: Callable[[Standing], None]) -> None:
        self._tell = tell
        self._engine = Standing(Kind.STARTING, say.STARTING)
        self._off = ""
        self._fills = 0
        self._told: Standing | None = None

    def engine_is(self, kind: Kind, message: str, state: EngineState | None = None) -> None:
        """Take note of how the engine is; without a ``state`` its model stays what it was."""
        standing = replace(self._engine, kind=kind, message=message)
        if state is not None:
            standing = replace(standing, model=state.model, device=state.device, plan=state.plan)
        self._engine = standing
        self._tell_change()

    def turn_off(self, sentence: str) -> None:
        """The user wants no suggestions, as ``sentence`` tells; or wants them, if it is empty."""
        self._off = sentence
        self._tell_change()

    @property
    def is_filling(self) -> bool:
        """Whether a hole is being filled for this editor."""
        return self._fills > 0

    @contextmanager
    def filling(self) -> Generator[None]:
        """While a hole is filled."""
        self._fills += 1
        self._tell_change()
        try:
            yield
        finally:
            self._fills -= 1
            self._tell_change()

    def _tell_change(self) -> None:
        standing = self._standing()
        if standing != self._told:
            self._told = standing
            self._tell(standing)

    def _standing(self) -> Standing:
        if self._off:
            return replace(
                self._engine, kind=Kind.UNAVAILABLE, message=self._off, is_turned_off=True
            )
        standing = self._engine
        if self._fills and standing.kind is Kind.READY:
            standing = replace(standing, kind=Kind.BUSY, message=say.BUSY)
        is_busy = standing.kind in _WORKING or self._fills > 0
        return replace(standing, is_busy=is_busy)
