"""What one source has said about the settings: a layer, and how layers lie over each other.

A setting with a bad value is left out of its layer, so that what lies below it holds, and there is
a sentence about it. Nothing here knows where layers come from.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from mezzotint_server.setting import BadValueError, Reach
from mezzotint_server.settings import BY_NAME, PER_LANGUAGE, Settings

Values = dict[str, Any]
"""What was said, by fields of :class:`Settings`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source has said."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    by_language: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Values])
    problems: tuple[str, ...] = ()
    """A sentence about each setting that could not be taken."""


def read_layer(said: object) -> Layer:
    """What of ``said`` makes sense. ``None`` says nothing, nor does a setting that is ``None``."""
    if said is None:
        return Layer()
    if not isinstance(said, Mapping):
        return Layer(problems=(f"The settings must be an object, not {_shown(said)}.",))
    named = dict(cast("Mapping[str, object]", said))
    by_language, problems = _read_languages(named.pop(PER_LANGUAGE, None))
    values = _read_values(named, problems)
    return Layer(values, by_language, tuple(problems))


def settle(base: Settings, layers: Iterable[Layer], language: str | None = None) -> Settings:
    """What holds; later layers win, and what is said for a language wins over what is not."""
    values: Values = {}
    own: Values = {}
    for layer in layers:
        values |= layer.values
        own |= layer.by_language.get(language or "", {})
    said = values | own
    return _with_pauses_in_order(replace(base, **said), said)


def _with_pauses_in_order(settings: Settings, said: Values) -> Settings:
    """Who says one of the two bounds moves the other with it."""
    if settings.debounce_min_ms <= settings.debounce_max_ms:
        return settings
    if "debounce_max_ms" in said:
        return replace(settings, debounce_min_ms=settings.debounce_max_ms)
    return replace(settings, debounce_max_ms=settings.debounce_min_ms)


def _read_languages(said: object) -> tuple[dict[str, Values], list[str]]:
    if said is None:
        return {}, []
    if not isinstance(said, Mapping):
        wanted = "an object of language identifiers and settings"
        return {}, [f"The setting “{PER_LANGUAGE}” must be {wanted}, not {_shown(said)}."]
    problems: list[str] = []
    by_language: dict[str, Values] = {}
    for language, named in cast("Mapping[str, object]", said).items():
        within = f"{PER_LANGUAGE}.{language}"
        if isinstance(named, Mapping):
            values = _read_values(cast("Mapping[str, object]", named), problems, f"{within}.")
            by_language[language] = values
        elif named is not None:
            problems.append(f"The setting “{within}” must be an object, not {_shown(named)}.")
    return by_language, problems


def _read_values(named: Mapping[str, object], problems: list[str], within: str = "") -> Values:
    """The good values; a sentence about each bad one goes to ``problems``."""
    values: Values = {}
    for name, value in named.items():
        setting = BY_NAME.get(name)
        if setting is None:
            problems.append(f"There is no setting “{within}{name}”.")
        elif within and setting.reach is Reach.EDITOR:
            problems.append(f"The setting “{name}” cannot differ between languages.")
        elif value is not None:
            try:
                values[setting.field] = setting.kind.read(value)
            except BadValueError:
                wanted = f"must be {setting.kind.wanted}, not {_shown(value)}"
                problems.append(f"The setting “{within}{name}” {wanted}.")
    return _without_pauses_out_of_order(values, problems, within)


def _without_pauses_out_of_order(values: Values, problems: list[str], within: str) -> Values:
    shortest, longest = values.get("debounce_min_ms"), values.get("debounce_max_ms")
    if shortest is None or longest is None or shortest <= longest:
        return values
    problems.append(f"“{within}debounceMinMs” must not be above “{within}debounceMaxMs”.")
    pauses = ("debounce_min_ms", "debounce_max_ms")
    return {name: value for name, value in values.items() if name not in pauses}


def _shown(value: object) -> str:
    """``value`` as its author wrote it, cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
