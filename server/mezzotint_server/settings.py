"""What a user can set: the one place that says which settings there are.

From here come the checks, the settings page in the docs, the JSON schema and VS Code's settings
(``settings_pages.py``). On the wire every setting is optional and written in camel case;
:class:`Settings` has a value for each. Nothing here knows who said what: see ``layers.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mezzotint_infill.plans import NAMES
from mezzotint_server.setting import (
    Count,
    Name,
    Names,
    Number,
    Preset,
    Presets,
    Reach,
    Setting,
    Toggle,
    Word,
)

EMBEDDED_LANGUAGES = ("python",)
"""What the embedded model was trained on."""

MAX_CANDIDATES = 8
"""More than anybody looks through, and every one of them takes a place in the batch."""

_INVOKED_PATIENCE = 4
"""Somebody who asked by hand waits longer than somebody who types."""

_MAX_MS = 600_000
_WEEK_MINUTES = 7 * 24 * 60

PRESETS = (
    Preset("simplify", "Simplify this code; it must do the same."),
    Preset("add types", "Add type annotations; change nothing else."),
    Preset("document", "Document this code: say what it is for and what is not obvious."),
    Preset("handle errors", "Handle what can go wrong here."),
    Preset("idiomatic style", "Rewrite this in the language's idiomatic style."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds, for one editor or for one place in it."""

    enabled: bool = True
    """Whether there are suggestions at all."""
    automatic: bool = True
    """Whether there are suggestions while one types, or only when one asks."""
    languages: tuple[str, ...] = ()
    """LSP language identifiers to suggest for; empty: all that the model knows."""
    model: str = "embedded"
    """``embedded``, a Hub name or a folder."""
    device: str | None = None
    """Such as ``cpu`` or ``cuda:0``; ``None`` lets the engine choose."""
    plan: str = "auto"
    """How the model lies in memory: the name of a memory plan."""
    idle_s: float = 30 * 60.0
    """After this long without a request the engine leaves, and its memory with it."""
    candidates: int = 3
    """The most suggestions at one place, when they are asked for by hand."""
    deadline_ms: float = 1500.0
    """Time for a suggestion while typing."""
    own_invoked_deadline_ms: float | None = None
    """Time for one that is asked for by hand, if the user has said so."""
    rewrite_deadline_ms: float = 30_000.0
    """Time for a rewriting."""
    debounce_min_ms: float = 30.0
    """How long a pause in typing must at least be before the model is asked."""
    debounce_max_ms: float = 400.0
    """The same, at the most."""
    completions: bool = False
    """Whether editors that show ghost text get suggestions in their menu, too."""
    replaces_rest_of_line: bool = True
    """Whether a suggestion may take the place of the line's rest, where the editor manages it."""
    presets: tuple[Preset, ...] = PRESETS
    """Instructions for rewriting that are offered by name."""
    drafts: bool = True
    """Whether drafts go to an editor that says that it shows them."""
    status: bool = True
    """Whether the editor is told how the engine is."""
    log_level: str = "info"

    @property
    def invoked_deadline_ms(self) -> float:
        """Time for a suggestion that is asked for by hand."""
        return self.own_invoked_deadline_ms or self.deadline_ms * _INVOKED_PATIENCE

    @property
    def reads_instructions(self) -> bool:
        """Whether the model does what it is told in words."""
        return self.model != "embedded"

    def covers(self, language: str) -> bool:
        """Whether there are suggestions for documents in ``language``."""
        if not self.enabled:
            return False
        if self.languages:
            return language in self.languages
        return self.model != "embedded" or language in EMBEDDED_LANGUAGES


SETTINGS = (
    Setting("enabled", "enabled", Toggle(), "Whether there are suggestions at all."),
    Setting(
        "automatic",
        "automatic",
        Toggle(),
        "Whether there are suggestions while you type, or only when you ask for them.",
    ),
    Setting(
        "languages",
        "languages",
        Names("a list of language identifiers"),
        "LSP language identifiers to suggest for. Empty: all that the model knows.",
    ),
    Setting(
        "model",
        "model",
        Name("“embedded”, a Hub name or a folder"),
        "The model: “embedded” for the small one that ships with mezzotint, a name on the Hub if"
        " it is in the Hub's local cache already, or a folder. Another model means another engine.",
        Reach.EDITOR,
    ),
    Setting(
        "device",
        "device",
        Name("the name of a device", is_optional=True),
        "Where the model runs, such as “cpu” or “cuda:0”. Without it the engine chooses.",
        Reach.EDITOR,
    ),
    Setting(
        "plan",
        "plan",
        Word(NAMES),
        "How the model lies in memory: exact, or with its weights in fewer bits. “auto” means exact"
        " weights for the model that ships with mezzotint and on a CPU. Another plan means another"
        " engine.",
        Reach.EDITOR,
    ),
    Setting(
        "idleMinutes",
        "idle_s",
        Number(0.01, _WEEK_MINUTES, factor=60.0),
        "After so many minutes without a request the engine leaves, and its memory with it.",
        Reach.EDITOR,
    ),
    Setting(
        "candidates",
        "candidates",
        Count(1, MAX_CANDIDATES),
        "How many suggestions there are at most when you ask for them by hand.",
    ),
    Setting(
        "deadlineMs",
        "deadline_ms",
        Number(1, _MAX_MS),
        "How many milliseconds a suggestion may take while you type.",
    ),
    Setting(
        "invokedDeadlineMs",
        "own_invoked_deadline_ms",
        Number(1, _MAX_MS, is_optional=True),
        "How many milliseconds one may take that you ask for by hand. Without it, four times"
        " “deadlineMs”.",
    ),
    Setting(
        "rewriteDeadlineMs",
        "rewrite_deadline_ms",
        Number(1, _MAX_MS),
        "How many milliseconds it may take to rewrite a selection.",
    ),
    Setting(
        "debounceMinMs",
        "debounce_min_ms",
        Number(0, 10_000),
        "The shortest pause in typing, in milliseconds, after which the model is asked. How long"
        " the pause is between the shortest and the longest depends on how fast you type.",
    ),
    Setting(
        "debounceMaxMs",
        "debounce_max_ms",
        Number(0, 10_000),
        "The longest such pause, in milliseconds.",
    ),
    Setting(
        "completions",
        "completions",
        Toggle(),
        "Whether suggestions are in the completion menu, too, in editors that show ghost text."
        " In editors that do not they are there anyway.",
    ),
    Setting(
        "replaceRestOfLine",
        "replaces_rest_of_line",
        Toggle(),
        "Whether a suggestion may take the place of what is left of the line, in editors that are"
        " known to show that well.",
    ),
    Setting(
        "presets",
        "presets",
        Presets(PRESETS),
        "Instructions for rewriting a selection, by the names under which they are offered. They"
        " come beside those that are there from the start; null takes one of those away.",
    ),
    Setting(
        "drafts",
        "drafts",
        Toggle(),
        "Whether drafts are sent while a fill settles, to an editor that says that it shows them.",
    ),
    Setting(
        "status",
        "status",
        Toggle(),
        "Whether the editor is told how the engine is, by the notifications “mezzotint/status” and"
        " “didChangeStatus”.",
        Reach.EDITOR,
    ),
    Setting(
        "logLevel",
        "log_level",
        Word(("debug", "info", "warning", "error")),
        "How much goes to the log. With “debug” it can hold pieces of your code.",
        Reach.EDITOR,
    ),
)
"""Every setting, in the order in which the docs tell them."""

BY_NAME: Mapping[str, Setting] = MappingProxyType({setting.name: setting for setting in SETTINGS})

PER_LANGUAGE = "perLanguage"
"""The setting that holds settings: an object of language identifiers and what differs there."""


def default_of(setting: Setting) -> Any:
    """What holds if nobody says anything, as a user would write it."""
    return setting.kind.write(getattr(Settings(), setting.field))
