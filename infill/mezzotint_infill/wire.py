"""Holes, drafts, fills, errors and states as JSON: the one wire, shared by both ends of it.

Its version is the path it is asked at (``/v1/…``). It knows no sockets and no HTTP.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from typing import Any, TypeAlias, TypeVar, cast

import orjson
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.gen import make_dict_structure_fn

from mezzotint_infill.errors import (
    BadHoleError,
    BadOptionsError,
    BadRequestError,
    DamagedModelError,
    DoesNotFitError,
    EngineError,
    EngineRunningError,
    EngineUnavailableError,
    FillCancelledError,
    InfillError,
    ModelError,
    NoSpaceError,
    OutOfMemoryError,
    PackedFileError,
    UnknownModelError,
)
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import EngineState
from mezzotint_infill.options import InfillOptions

FILL_PATH = "/v1/fill"
READ_PATH = "/v1/read"
STATE_PATH = "/v1/state"
END_OF_EVENT = b"\n\n"

T = TypeVar("T")

Event: TypeAlias = Draft | Fill | InfillError
"""What the engine answers with: drafts if they were asked for, then one fill or one error."""


@dataclass(frozen=True, slots=True)
class FillRequest:
    """What ``POST /v1/fill`` is asked with."""

    hole: Hole
    options: InfillOptions = field(default_factory=InfillOptions)
    drafts: bool = False
    """Whether the drafts are wanted, too."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What ``POST /v1/read`` is asked with: to encode a prompt ahead of a fill."""

    hole: Hole


def encode_request(request: FillRequest | ReadRequest) -> bytes:
    """Raises :class:`BadHoleError` for text that is no Unicode: half of a surrogate pair."""
    return _encode(request)


def decode_request(body: bytes) -> FillRequest:
    """Raises :class:`BadRequestError`, or what a hole or an option has against its value."""
    return _decode(body, FillRequest)


def decode_read_request(body: bytes) -> ReadRequest:
    """As :func:`decode_request`."""
    return _decode(body, ReadRequest)


def encode_state(state: EngineState) -> bytes:
    """The answer to ``GET /v1/state``."""
    return _encode(state)


def decode_state(body: bytes) -> EngineState:
    """What the engine says it is doing."""
    return _decode(body, EngineState)


def encode_error(error: InfillError) -> bytes:
    """The error's code and its sentence; a traceback never travels."""
    sentence = str(error).encode(errors="replace").decode()
    return _encode({"code": error.code, "message": sentence})


def decode_error(body: bytes) -> InfillError:
    """The error of the class that the code stands for; an unknown code is a plain InfillError."""
    sent = _decode(body, dict[str, str])
    return _ERROR_CLASSES.get(sent.get("code", ""), InfillError)(sent.get("message", ""))


def encode_event(event: Event) -> bytes:
    """One server-sent event."""
    if isinstance(event, InfillError):
        name, data = "error", encode_error(event)
    else:
        name, data = type(event).__name__.lower(), _encode(event)
    return b"event: %s\ndata: %s%s" % (name.encode(), data, END_OF_EVENT)


def decode_event(event: bytes) -> Event | None:
    """An event without its end; ``None`` for a kind that is not known here."""
    name, _, data = event.partition(b"\ndata: ")
    match name:
        case b"event: draft":
            return _decode(data, Draft)
        case b"event: fill":
            return _decode(data, Fill)
        case b"event: error":
            return decode_error(data)
        case _:
            return None


def _encode(value: object) -> bytes:
    plain = _CONVERTER.unstructure(value)
    try:
        return orjson.dumps(plain)
    except orjson.JSONEncodeError as error:
        if "surrogates" in str(error):
            raise BadHoleError(_NOT_UNICODE) from error
        raise BadRequestError(f"This cannot be sent: {error}.") from error


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        plain = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate in string" in str(error):
            raise BadHoleError(_NOT_UNICODE) from error
        raise BadRequestError(f"This is not JSON in UTF-8: {error}.") from error
    try:
        return _CONVERTER.structure(plain, kind)
    except (BaseValidationError, TypeError, ValueError) as invalid:
        raise _first_of_ours(invalid) or BadRequestError(_sentence(invalid)) from invalid


def _finite(value: float) -> float:
    """Orjson would send ``null`` for what JSON has no word for."""
    if not math.isfinite(value):
        raise InfillError("A number that is not finite cannot be sent.")
    return value


def _first_of_ours(invalid: BaseException) -> InfillError | None:
    if isinstance(invalid, InfillError):
        return invalid
    if not isinstance(invalid, BaseValidationError):
        return None
    return next(filter(None, map(_first_of_ours, invalid.exceptions)), None)


def _sentence(invalid: Exception) -> str:
    if not isinstance(invalid, BaseValidationError):
        return f"The request: {invalid}."
    problem, _, place = transform_error(invalid)[0].rpartition(" @ $")
    return f"{place.lstrip('.') or 'The request'}: {problem}."


def _exactly(kind: type[T]) -> Callable[[Any, Any], T]:
    """A hook that takes values of this type only: ``"3"`` is no number, ``true`` is not 1."""

    def take(value: Any, _: Any) -> T:
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
        return value

    return take


def _take_object(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise TypeError(f"expected an object, got {type(cast('object', value)).__name__}")
    return cast("dict[str, Any]", value)


def _take_float(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError(f"expected float, got {type(value).__name__}")
    return float(value)


_NOT_UNICODE = "The text holds half of a surrogate pair, which no file in UTF-8 can hold."

_ERROR_CLASSES = {
    kind.code: kind
    for kind in (
        InfillError,
        BadRequestError,
        BadHoleError,
        BadOptionsError,
        ModelError,
        UnknownModelError,
        DamagedModelError,
        DoesNotFitError,
        PackedFileError,
        NoSpaceError,
        OutOfMemoryError,
        EngineError,
        EngineUnavailableError,
        EngineRunningError,
        FillCancelledError,
    )
}


def _make_converter() -> Converter:
    converter = Converter()

    def structure_record(kind: type[Any]) -> Callable[[Any, Any], Any]:
        structure = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)

        def take(value: Any, _: Any) -> Any:
            return structure(_take_object(value), kind)

        return take

    converter.register_structure_hook_factory(is_dataclass, structure_record)
    converter.register_structure_hook(str, _exactly(str))
    converter.register_structure_hook(int, _exactly(int))
    converter.register_structure_hook(bool, _exactly(bool))
    converter.register_structure_hook(float, _take_float)
    converter.register_unstructure_hook(float, _finite)
    return converter


_CONVERTER = _make_converter()
