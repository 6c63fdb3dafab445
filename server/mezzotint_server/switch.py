"""Off, or off for a while: what the user's commands say over the settings.

Knows the clock; neither settings nor editors.
"""

import asyncio
import time
from collections.abc import Callable


class Switch:
    """Off by command until it is turned on, or until a snooze is over."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._is_off = False
        self._wakes_at = 0.0
        self._wake: asyncio.TimerHandle | None = None

    @property
    def is_off(self) -> bool:
        return self._is_off or self.is_snoozing

    @property
    def is_snoozing(self) -> bool:
        return time.monotonic() < self._wakes_at

    def turn_on(self) -> None:
        """Leave it to the settings again, and wake up."""
        self._is_off = False
        self._wakes_at = 0.0
        self._changed()

    def turn_off(self) -> None:
        """Until somebody turns it on."""
        self._is_off = True
        self._changed()

    def snooze(self, seconds: float) -> None:
        """Off, and back to what was before after so long."""
        self._wakes_at = time.monotonic() + seconds
        self._changed()
        self._wake = asyncio.get_running_loop().call_later(seconds, self._awake)

    def stop(self) -> None:
        """Wake up no more: the editor has gone."""
        if self._wake is not None:
            self._wake.cancel()

    def _awake(self) -> None:
        self._wakes_at = 0.0
        self._on_change()

    def _changed(self) -> None:
        self.stop()
        self._on_change()
