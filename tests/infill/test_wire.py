"""The wire: what goes in comes out at the other end, and nonsense is refused with a sentence."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_infill import errors
from mezzotint_infill.errors import BadHoleError, BadOptionsError, BadRequestError, InfillError
from mezzotint_infill.hole import (
    Candidate,
    Draft,
    Fill,
    Freed,
    Gap,
    Hole,
    HoleKind,
    Piece,
    Rewrite,
    Snippet,
    StopReason,
    Timing,
)
from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_infill.options import MAX_STEPS, InfillOptions
from mezzotint_infill.wire import (
    END_OF_EVENT,
    Event,
    FillRequest,
    decode_error,
    decode_event,
    decode_request,
    decode_state,
    encode_error,
    encode_event,
    encode_request,
    encode_state,
)

# All of Unicode but halves of surrogate pairs: NUL, line and paragraph separators, astral planes.
text = st.text(st.characters(exclude_categories=["Cs"]))
number = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=1e-6, max_value=1e6)
count = st.integers(1, MAX_STEPS)
pieces = st.lists(st.builds(Piece, text, number), max_size=5).map(tuple)
texts = st.lists(text, max_size=3).map(tuple)
candidates = st.lists(st.builds(Candidate, text, number, count, texts), max_size=3).map(tuple)

snippets = st.lists(st.builds(Snippet, text, text), max_size=3).map(tuple)

kinds = st.sampled_from(HoleKind)
gaps = st.lists(st.builds(Gap, text.filter(bool), kinds), max_size=3).map(tuple)
rewrites = st.builds(Rewrite, text.filter(str.strip), st.floats(0, 1), st.sampled_from(Freed), text)
holes = st.builds(Hole, text, text, text, kinds, snippets, further=gaps) | st.builds(
    Hole, text, text, text, kinds, snippets, rewrite=rewrites
)

requests = st.builds(
    FillRequest,
    hole=holes,
    options=st.builds(
        InfillOptions,
        length=st.none() | count,
        candidates=count,
        steps=st.none() | count,
        entropy_bound=st.none() | positive,
        t_max=st.none() | positive,
        t_min=st.none() | positive,
        confidence_threshold=st.none() | positive,
        seed=st.integers(-(2**63), 2**63 - 1),
        deadline_ms=st.none() | positive,
    ),
    drafts=st.booleans(),
)
fills = st.builds(
    Fill,
    text=text,
    candidates=candidates,
    steps=count,
    stopped_by=st.sampled_from(StopReason),
    tokens=count,
    length_policy=text,
    model=text,
    ms=st.builds(Timing, number, number, number, number),
    further=texts,
    note=text,
)
states = st.builds(EngineState, st.sampled_from(EngineStatus), text, text, text, st.none() | number)


@given(requests)
def test_a_request_comes_out_as_it_went_in(request_: FillRequest) -> None:
    assert decode_request(encode_request(request_)) == request_


@given(states)
def test_a_state_comes_out_as_it_went_in(state: EngineState) -> None:
    assert decode_state(encode_state(state)) == state


@given(fills | st.builds(Draft, count, pieces, st.lists(pieces, max_size=2).map(tuple)))
def test_an_event_is_one_line_of_data_and_comes_out_as_it_went_in(event: Event) -> None:
    encoded, end, rest = encode_event(event).partition(END_OF_EVENT)
    assert (end, rest) == (END_OF_EVENT, b"")
    assert encoded.count(b"\n") == 1
    assert b"\r" not in encoded
    assert decode_event(encoded) == event


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, InfillError)
    ],
)
def test_an_error_keeps_its_class_and_its_sentence(kind: type[InfillError]) -> None:
    back = decode_error(encode_error(kind("Naïve 😀.")))
    assert type(back) is kind
    assert str(back) == "Naïve 😀."


def test_an_error_of_an_unknown_code_is_an_infill_error() -> None:
    back = decode_error(b'{"code": "from-the-future", "message": "Later."}')
    assert type(back) is InfillError
    assert str(back) == "Later."


def test_an_error_that_quotes_half_of_a_surrogate_pair_is_sent_without_it() -> None:
    assert str(decode_error(encode_error(InfillError("a\ud800b")))) == "a?b"


def test_an_event_of_an_unknown_kind_is_nothing() -> None:
    assert decode_event(b"event: applause\ndata: {}") is None
    assert decode_event(b": waiting") is None


GOOD: dict[str, Any] = {"hole": {"prefix": "a", "suffix": "b"}}


def test_what_is_left_out_has_its_default() -> None:
    assert decode_request(json.dumps(GOOD).encode()) == FillRequest(Hole("a", "b"))


def with_options(**options: Any) -> bytes:
    return json.dumps({**GOOD, "options": options}).encode()


def with_hole(**fields: Any) -> bytes:
    return json.dumps({"hole": {**GOOD["hole"], **fields}}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (b"", BadRequestError, "This is not JSON in UTF-8"),
        (b"{", BadRequestError, "This is not JSON in UTF-8"),
        (b"\xff", BadRequestError, "This is not JSON in UTF-8"),
        (b"[" * 100_000, BadRequestError, "This is not JSON in UTF-8"),
        (b"[]", BadRequestError, "The request: expected an object, got list."),
        (b"null", BadRequestError, "The request: expected an object, got NoneType."),
        (b"{}", BadRequestError, "hole: required field missing."),
        (b'{"hole": 3}', BadRequestError, "hole: invalid value for type, expected Hole."),
        (with_hole(prefix=1), BadRequestError, "hole.prefix: invalid value"),
        (with_hole(kind="word"), BadRequestError, "hole.kind: invalid value"),
        (with_hole(colour="red"), BadRequestError, "hole: extra fields found (colour)."),
        (with_hole(suffix="\ud800"), BadHoleError, "half of a surrogate pair"),
        (with_hole(rewrite={"text": "x", "strength": 2}), BadHoleError, "from 0 to 1, not 2."),
        (with_hole(rewrite={"text": "x"}), BadRequestError, "hole.rewrite.strength: required"),
        (with_hole(further=[{"between": ""}]), BadHoleError, "Two gaps touch each other"),
        (with_hole(further=[{"between": "\ud800"}]), BadHoleError, "half of a surrogate pair"),
        (with_options(steps=0), BadOptionsError, "steps must be at least 1, not 0."),
        (with_options(steps="3"), BadRequestError, "options.steps: invalid value"),
        (with_options(steps=True), BadRequestError, "options.steps: invalid value"),
        (with_options(deadline_ms=float("nan")), BadRequestError, "This is not JSON in UTF-8"),
        (with_options(t_max=float("inf")), BadRequestError, "This is not JSON in UTF-8"),
        (with_options(t_max=10**400), BadRequestError, "number is infinity"),
        (with_options(seed=2**63), BadOptionsError, "seed must be a number of 64 bits"),
        (json.dumps({**GOOD, "drafts": 1}).encode(), BadRequestError, "drafts: invalid value"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    body: bytes, kind: type[InfillError], sentence: str
) -> None:
    with pytest.raises(kind) as raised:
        decode_request(body)
    assert sentence in str(raised.value)
    assert type(raised.value) is kind


@given(st.binary())
def test_bytes_that_are_no_request_are_refused_and_nothing_else(body: bytes) -> None:
    with pytest.raises(InfillError):
        decode_request(body)


def half_a_pair() -> bytes:
    return encode_request(FillRequest(Hole("\udfff", "")))


def not_finite() -> bytes:
    return encode_event(Draft(1, (Piece("a", float("nan")),)))


@pytest.mark.parametrize(
    ("encode", "sentence"),
    [
        (half_a_pair, "The text holds half of a surrogate pair"),
        (not_finite, "A number that is not finite cannot be sent."),
    ],
)
def test_what_json_cannot_hold_is_not_sent(encode: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(InfillError, match=sentence):
        encode()
