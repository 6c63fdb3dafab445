"""The commands ``mezzotint.enable``, ``disable`` and ``snooze``: suggestions on, off, off for a while.

They hold for this editor until it ends, and are written down nowhere.
"""

import math
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from mezzotint_server.session import MezzotintServer

ENABLE = "mezzotint.enable"
DISABLE = "mezzotint.disable"
SNOOZE = "mezzotint.snooze"

SNOOZE_MINUTES = 5.0
"""If nobody says how long."""
MAX_MINUTES = 24 * 60.0


def enable(server: MezzotintServer, *arguments: Any) -> None:
    """Suggestions again, wherever no language or folder is turned off."""
    _require(not arguments, f"{ENABLE} takes no arguments")
    server.configuration.enable()
    server.switch.turn_on()


def disable(server: MezzotintServer, *arguments: Any) -> None:
    """No suggestions until ``enable``."""
    _require(not arguments, f"{DISABLE} takes no arguments")
    server.switch.turn_off()


def snooze(server: MezzotintServer, *arguments: Any) -> None:
    """No suggestions for so many minutes, five unless it is said."""
    _require(len(arguments) <= 1, f"{SNOOZE} takes one number of minutes")
    minutes = arguments[0] if arguments else SNOOZE_MINUTES
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    _require(
        is_number and math.isfinite(minutes) and 0 < minutes <= MAX_MINUTES,
        f"{SNOOZE} takes a number of minutes above 0 and up to {MAX_MINUTES:g}",
    )
    server.switch.snooze(minutes * 60)


def _require(holds: bool, sentence: str) -> None:
    """Raises :class:`JsonRpcInvalidParams`."""
    if not holds:
        raise JsonRpcInvalidParams(f"{sentence}.")
