"""One setting: what it may be, what it becomes, and how a JSON schema says so.

A kind reads what came over the wire, and writes a value down as a user would. Which settings there
are is ``settings.py``'s to say.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, cast

JsonSchema = dict[str, Any]


class BadValueError(ValueError):
    """A value that a setting cannot have."""


class Reach(Enum):
    """What a setting can be different for."""

    EDITOR = "the whole editor"
    """One engine, one log: the same for everything that is open."""
    PLACE = "a folder or a language"


class Kind(Protocol):
    """What values a setting takes."""

    @property
    def wanted(self) -> str:
        """How a sentence goes on that begins with “must be”."""
        ...

    @property
    def schema(self) -> JsonSchema:
        """The same for programs."""
        ...

    def read(self, value: object) -> object:
        """What ``value`` comes to; raises :class:`BadValueError`."""
        ...

    def write(self, value: Any) -> object:
        """The other way round."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user can write down, and which field of the settings it becomes."""

    name: str
    field: str
    kind: Kind
    meaning: str
    """For the user, in sentences."""
    reach: Reach = Reach.PLACE


@dataclass(frozen=True, slots=True)
class Toggle:
    """Yes or no."""

    wanted: str = "true or false"

    @property
    def schema(self) -> JsonSchema:
        return {"type": "boolean"}

    def read(self, value: object) -> object:
        if not isinstance(value, bool):
            raise BadValueError
        return value

    def write(self, value: Any) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds, both of which it may be."""

    lowest: float
    highest: float
    factor: float = 1.0
    """What a unit of the wire is in the field's unit."""
    is_optional: bool = False
    """Whether there need not be one."""

    @property
    def wanted(self) -> str:
        return f"a number from {self.lowest:g} to {self.highest:,.10g}"

    @property
    def schema(self) -> JsonSchema:
        types: str | list[str] = ["number", "null"] if self.is_optional else "number"
        return {"type": types, "minimum": self.lowest, "maximum": self.highest}

    def read(self, value: object) -> object:
        # bool is an int to Python, not to a user.
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise BadValueError
        if not math.isfinite(value) or not self.lowest <= value <= self.highest:
            raise BadValueError
        return value * self.factor

    def write(self, value: Any) -> object:
        if value is None:
            return None
        plain = float(value) / self.factor
        return int(plain) if plain.is_integer() else plain


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number within bounds, both of which it may be."""

    lowest: int
    highest: int

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.lowest} to {self.highest}"

    @property
    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest}

    def read(self, value: object) -> object:
        if type(value) is not int or not self.lowest <= value <= self.highest:
            raise BadValueError
        return value

    def write(self, value: Any) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def wanted(self) -> str:
        *others, last = (f"“{word}”" for word in self.words)
        return f"{', '.join(others)} or {last}"

    @property
    def schema(self) -> JsonSchema:
        return {"type": "string", "enum": list(self.words)}

    def read(self, value: object) -> object:
        if value not in self.words:
            raise BadValueError
        return value

    def write(self, value: Any) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Name:
    """Some text that is not blank."""

    wanted: str
    is_optional: bool = False
    """Whether there need not be one."""

    @property
    def schema(self) -> JsonSchema:
        types: str | list[str] = ["string", "null"] if self.is_optional else "string"
        return {"type": types, "pattern": r"\S"}

    def read(self, value: object) -> object:
        return _text(value)

    def write(self, value: Any) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Names:
    """A list of such texts."""

    wanted: str

    @property
    def schema(self) -> JsonSchema:
        return {"type": "array", "items": {"type": "string", "pattern": r"\S"}}

    def read(self, value: object) -> object:
        if not isinstance(value, list | tuple):
            raise BadValueError
        return tuple(_text(it) for it in cast("list[object]", value))

    def write(self, value: Any) -> object:
        return list(value)


@dataclass(frozen=True, slots=True)
class Preset:
    """An instruction for rewriting, under a name."""

    name: str
    instruction: str


@dataclass(frozen=True, slots=True)
class Presets:
    """Instructions by their names; they come beside those that are there from the start."""

    given: tuple[Preset, ...]
    wanted: str = "an object of names and instructions"

    @property
    def schema(self) -> JsonSchema:
        instruction = {"type": ["string", "null"], "pattern": r"\S"}
        return {"type": "object", "additionalProperties": instruction}

    def read(self, value: object) -> object:
        """``null`` takes away one that was given."""
        if not isinstance(value, Mapping):
            raise BadValueError
        instructions = {preset.name: preset.instruction for preset in self.given}
        for name, instruction in cast("Mapping[str, object]", value).items():
            if instruction is None:
                instructions.pop(_text(name), None)
            else:
                instructions[_text(name)] = _text(instruction)
        return tuple(Preset(name, instruction) for name, instruction in instructions.items())

    def write(self, value: Any) -> object:
        return {preset.name: preset.instruction for preset in cast("tuple[Preset, ...]", value)}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadValueError
    return value
