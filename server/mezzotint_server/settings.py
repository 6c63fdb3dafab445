"""What a user can set, from what came over the wire to what holds.

On the wire every setting is optional and written in camel case. :class:`Settings` has a value for
each. A setting with a bad value keeps its default and is told about by name; the server starts
all the same. Nothing here knows where settings come from.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

EMBEDDED_LANGUAGES = ("python",)
"""What the embedded model was trained on."""

MAX_CANDIDATES = 8
"""More than anybody looks through, and every one of them takes a place in the batch."""

_INVOKED_PATIENCE = 4
"""Somebody who asked by hand waits longer than somebody who types."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one editor."""

    enabled: bool = True
    """Whether there are suggestions at all."""
    languages: tuple[str, ...] = ()
    """LSP language identifiers to suggest for; empty: all that the model knows."""
    model: str = "embedded"
    """``embedded``, a Hub name or a folder."""
    device: str | None = None
    """Such as ``cpu`` or ``cuda:0``; ``None`` lets the engine choose."""
    deadline_ms: float = 1500.0
    """Time for a suggestion while typing; one asked for by hand may take four times as long."""
    candidates: int = 3
    """The most suggestions at one place, when they are asked for by hand."""
    idle_s: float = 30 * 60.0
    """After this long without a request the engine leaves, and its memory with it."""

    @property
    def invoked_deadline_ms(self) -> float:
        return self.deadline_ms * _INVOKED_PATIENCE

    def covers(self, language: str) -> bool:
        """Whether there are suggestions for documents in ``language``."""
        if self.languages:
            return language in self.languages
        return self.model != "embedded" or language in EMBEDDED_LANGUAGES


def resolve_settings(options: object, base: Settings) -> tuple[Settings, tuple[str, ...]]:
    """``base`` with the good ones of ``options`` in it, and a sentence for each bad one."""
    if options is None:
        return base, ()
    if not isinstance(options, Mapping):
        return base, (f"The settings must be an object, not {_shown(options)}.",)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in cast("Mapping[str, object]", options).items():
        rule = _RULES.get(name)
        if rule is None:
            problems.append(f"There is no setting “{name}”.")
        elif value is not None and not rule.accepts(value):
            problems.append(f"The setting “{name}” must be {rule.wanted}, not {_shown(value)}.")
        elif value is not None:
            values[rule.field] = rule.convert(value)
    return replace(base, **values), tuple(problems)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One setting on the wire: what it must be, and what it becomes."""

    field: str
    wanted: str
    accepts: Callable[[object], bool]
    convert: Callable[[Any], object] = lambda value: value


def _is_number_above_zero(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_candidate_count(value: object) -> bool:
    return type(value) is int and 1 <= value <= MAX_CANDIDATES


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_name, cast("list[object]", value)))


def _minutes_to_seconds(minutes: float) -> float:
    return minutes * 60.0


_RULES: Mapping[str, _Rule] = {
    "enabled": _Rule("enabled", "true or false", lambda value: isinstance(value, bool)),
    "languages": _Rule("languages", "a list of language identifiers", _is_list_of_names, tuple),
    "model": _Rule("model", "“embedded”, a Hub name or a folder", _is_name),
    "device": _Rule("device", "the name of a device", _is_name),
    "deadlineMs": _Rule("deadline_ms", "a number above 0", _is_number_above_zero, float),
    "candidates": _Rule(
        "candidates", f"a whole number from 1 to {MAX_CANDIDATES}", _is_candidate_count
    ),
    "idleMinutes": _Rule("idle_s", "a number above 0", _is_number_above_zero, _minutes_to_seconds),
}


def _shown(value: object) -> str:
    """``value`` as its author wrote it, cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
