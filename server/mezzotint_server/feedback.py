"""Every sentence that an editor's user can see; what nobody asked for is shown once.

Whatever is worth a user's time is said here and goes to the log as well. What happens at every
keystroke, and what only a developer can use, goes to the log alone.
"""

import logging
from collections.abc import Callable, Iterable

from lsprotocol import types

_logger = logging.getLogger(__name__)

PROGRESS_TITLE = "mezzotint"
STARTING = "Starting the engine; there are no suggestions yet."
READY = "Ready."
TYPE_ON = "Type on, or ask for a suggestion."
BUSY = "Filling a hole; type on to give it up."
RUNS_OUT_OF_TIME = (
    "Fills run out of time: raise the setting “deadlineMs”, or choose a smaller model or a faster"
    " device."
)
TURNED_OFF = (
    "Suggestions are turned off: the command “mezzotint.enable” or the setting “enabled” turns them"
    " on."
)
SNOOZING = "Suggestions are off for a while: the command “mezzotint.enable” brings them back now."
NOT_READY = "No suggestions: the engine is not ready."
ENGINE_LOST = (
    "mezzotint’s engine ended unexpectedly, perhaps for lack of memory. It is started again; its"
    " log says more."
)
ENDS_WHILE_LOADING = (
    "the engine ends while it loads the model, perhaps for lack of memory; its log says more."
)
WORKING = "Working on it."
NOTHING_THERE = "There is no code there: select some, or put the cursor into a statement."
NO_PLACEHOLDERS = "There is nothing to fill here: no “...”, no “TODO”, no other placeholder."
NOTHING_FOUND = "No better code was found; nothing is changed."
NOT_READY_TO_REWRITE = "Nothing is changed: the engine is not ready yet. Ask again in a moment."
CHANGED_MEANWHILE = (
    "Nothing is changed: the code was edited meanwhile at the place itself. Ask again."
)
CHANGED_SINCE = "The document has changed since these places were marked; mark them anew."
OUT_OF_TIME = "Nothing is changed: the time was up. The setting “rewriteDeadlineMs” allows more."
REWRITING_FAILED = "Nothing is changed: something unexpected happened, which the log has."
NO_INSTRUCTION = (
    "Nobody says what to do: begin the selection with a comment that does, above the code."
)
NO_INSTRUCTIONS = (
    "The model that ships with mezzotint reads no instructions; the setting “model” names another."
)
SEE_LOG = "something unexpected happened, which the log has."


def loading(model: str) -> str:
    """What is going on while weights are read."""
    return f"Loading the model {model}; there are no suggestions yet."


def unavailable(reason: str) -> str:
    """Why there are no suggestions, and what can be done."""
    return (
        f"No suggestions: {reason} It is tried again after a while; the log says more, and another"
        " “model” or “device” in the settings is tried at once."
    )


class Feedback:
    """Shows messages in the editor. What nobody asked for is never shown twice."""

    def __init__(self, show: Callable[[types.ShowMessageParams], None]) -> None:
        self._show = show
        self._shown: set[str] = set()

    def bad_settings(self, problems: Iterable[str]) -> None:
        """All of them in one message; the settings keep their defaults."""
        if sentences := " ".join(problems):
            self._once(types.MessageType.Warning, f"mezzotint: {sentences}")

    def engine_failed(self, reason: str) -> None:
        """There will be no suggestions until something changes."""
        self._once(types.MessageType.Error, f"mezzotint has no suggestions: {reason}")

    def engine_lost(self) -> None:
        """The engine has gone, and a new one is on its way."""
        self._once(types.MessageType.Warning, ENGINE_LOST)

    def refuse(self, sentence: str) -> None:
        """Somebody asked for something that cannot be done; said as often as it is asked for."""
        _logger.info("Refused: %s", sentence)
        self._show(types.ShowMessageParams(types.MessageType.Warning, f"mezzotint: {sentence}"))

    def note(self, sentence: str) -> None:
        """Something was done, but not all of it as it was asked for."""
        self._show(types.ShowMessageParams(types.MessageType.Info, f"mezzotint: {sentence}"))

    def _once(self, kind: types.MessageType, message: str) -> None:
        if message in self._shown:
            return
        self._shown.add(message)
        _logger.warning("Told the user: %s", message)
        self._show(types.ShowMessageParams(kind, message))
