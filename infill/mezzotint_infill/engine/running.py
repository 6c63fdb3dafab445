"""Which engines of this user run just now, and what they say of themselves. Starts none."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from mezzotint_infill.engine.address import engine_sockets, is_answered
from mezzotint_infill.errors import InfillError
from mezzotint_infill.infiller import EngineState
from mezzotint_infill.remote import HttpInfiller

PATIENCE_S = 2.0
"""An engine answers this at once, also while it fills."""


def running_engines() -> list[EngineState]:
    """All that answer, whatever their model and device.

    Raises :class:`EngineUnavailableError` if there is no folder that they could be in.
    """
    sockets = [path for path in engine_sockets() if is_answered(path)]
    return asyncio.run(_states(sockets)) if sockets else []


async def _states(sockets: Sequence[Path]) -> list[EngineState]:
    found = await asyncio.gather(*(_state(socket) for socket in sockets))
    return [state for state in found if state is not None]


async def _state(socket: Path) -> EngineState | None:
    infiller = HttpInfiller(socket)
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await infiller.state()
    except (InfillError, TimeoutError):
        return None
    finally:
        await infiller.aclose()
