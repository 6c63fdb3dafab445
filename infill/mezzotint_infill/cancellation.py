"""A flag that one thread raises and the denoising loop reads between two steps."""

import threading

from mezzotint_infill.errors import FillCancelledError


class Cancellation:
    """Raised once, never lowered. Safe between threads."""

    def __init__(self) -> None:
        self._raised = threading.Event()

    def cancel(self) -> None:
        self._raised.set()

    @property
    def is_cancelled(self) -> bool:
        return self._raised.is_set()

    def check(self) -> None:
        """Raise :class:`FillCancelledError` if somebody asked to stop."""
        if self.is_cancelled:
            raise FillCancelledError("The fill was cancelled.")
