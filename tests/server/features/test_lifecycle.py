"""The handshake: what the client is told at once, and what when the engine is there."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mezzotint_infill.infiller import EngineStatus

Talk = Callable[..., Awaitable[list[dict[str, Any]]]]
ScriptedEngine = Callable[..., Any]
Written = list[dict[str, Any]]

INITIALIZED: dict[str, Any] = {"jsonrpc": "2.0", "method": "initialized", "params": {}}
DYNAMIC = {"textDocument": {"inlineCompletion": {"dynamicRegistration": True}}}
STATUS, COPILOT_STATUS = "mezzotint/status", "didChangeStatus"


def initialize(capabilities: object, **options: object) -> dict[str, Any]:
    params = {
        "processId": None,
        "rootUri": None,
        "capabilities": capabilities,
        "initializationOptions": options,
    }
    return {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}


def of_method(written: Written, method: str) -> Written:
    return [message["params"] for message in written if message.get("method") == method]


def is_settled(written: Written) -> bool:
    kinds = {params["kind"] for params in of_method(written, STATUS)}
    return bool(kinds & {"ready", "unavailable"})


@pytest.mark.parametrize(
    ("script", "kinds", "copilot"),
    [
        (
            {"statuses": (EngineStatus.LOADING, EngineStatus.READY)},
            ["starting", "loading", "ready"],
            ["Normal", "Normal", "Normal"],
        ),
        (
            {"statuses": (EngineStatus.FAILED,)},
            ["starting", "unavailable"],
            ["Normal", "Error"],
        ),
    ],
)
async def test_the_client_is_told_how_the_engine_comes_up_in_both_shapes(
    talk: Talk,
    scripted_engine: ScriptedEngine,
    script: dict[str, Any],
    kinds: list[str],
    copilot: list[str],
) -> None:
    engine = scripted_engine(**script)
    messages = (initialize({}), INITIALIZED)
    written = await talk(*messages, answers=1, engine=engine, until=is_settled)
    told = of_method(written, STATUS)
    assert [params["kind"] for params in told] == kinds
    assert all(params["message"].endswith(".") for params in told)
    assert [params["kind"] for params in of_method(written, COPILOT_STATUS)] == copilot


async def test_who_wants_no_suggestions_is_told_how_to_get_them(talk: Talk) -> None:
    messages = (initialize({}, enabled=False), INITIALIZED)
    written = await talk(*messages, answers=1, until=is_settled)
    [told] = of_method(written, STATUS)
    assert "mezzotint.enable" in told["message"]
    assert of_method(written, COPILOT_STATUS)[0]["kind"] == "Inactive"


async def test_a_client_that_wants_no_status_gets_none(
    talk: Talk, scripted_engine: ScriptedEngine
) -> None:
    messages = (initialize(DYNAMIC, status=False), INITIALIZED)
    written = await talk(*messages, answers=1, until=is_registered)
    assert of_method(written, STATUS) == of_method(written, COPILOT_STATUS) == []


async def test_what_can_be_asked_is_registered_when_the_engine_is_there(talk: Talk) -> None:
    messages = (initialize(DYNAMIC), INITIALIZED)
    written = await talk(*messages, answers=1, until=is_registered)
    offered = written[0]["result"]["capabilities"]
    assert "inlineCompletionProvider" not in offered


async def test_nothing_is_registered_while_the_model_is_loaded(
    talk: Talk, scripted_engine: ScriptedEngine
) -> None:
    engine = scripted_engine(statuses=(EngineStatus.LOADING,))
    messages = (initialize(DYNAMIC), INITIALIZED)
    written = await talk(*messages, answers=1, engine=engine, until=is_loading)
    assert not is_registered(written)


def is_loading(written: Written) -> bool:
    return "loading" in {params["kind"] for params in of_method(written, STATUS)}


def is_registered(written: Written) -> bool:
    return bool(of_method(written, "client/registerCapability"))
