"""What the client says about settings, when it is asked and when it is not."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_server.app import create_server
from mezzotint_server.capabilities import ClientCapabilities
from mezzotint_server.engine import EngineClient
from mezzotint_server.features.configuration import did_change_configuration
from mezzotint_server.settings import Settings

Talk = Callable[..., Awaitable[list[dict[str, Any]]]]
ScriptedEngine = Callable[..., EngineClient]
Written = list[dict[str, Any]]

INITIALIZED: dict[str, Any] = {"jsonrpc": "2.0", "method": "initialized", "params": {}}
CAN_TELL = {"workspace": {"configuration": True}}
CAN_ANNOUNCE = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}
}
FOLDER = "file:///w"


def initialize(capabilities: dict[str, Any], options: object = None) -> dict[str, Any]:
    params = {
        "processId": None,
        "rootUri": None,
        "workspaceFolders": [{"uri": FOLDER, "name": "w"}],
        "capabilities": capabilities,
        "initializationOptions": options,
    }
    return {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}


def pushed(settings: object) -> dict[str, Any]:
    method, params = "workspace/didChangeConfiguration", {"settings": settings}
    return {"jsonrpc": "2.0", "method": method, "params": params}


def of_method(written: Written, method: str) -> Written:
    return [message["params"] for message in written if message.get("method") == method]


def shown(written: Written) -> list[str]:
    return [params["message"] for params in of_method(written, "window/showMessage")]


def shown_three(written: Written) -> bool:
    return len(shown(written)) == 3


class Engines:
    """Makes engines, and remembers the settings that each was asked for with."""

    def __init__(self, make: ScriptedEngine) -> None:
        self.wanted: list[str] = []
        self.made: list[Any] = []
        self._make = make

    def __call__(self, settings: Settings) -> EngineClient:
        self.wanted.append(settings.model)
        self.made.append(self._make())
        return self.made[-1]

    def are_there(self, _: Written) -> bool:
        return bool(self.wanted)


@pytest.fixture
def engines(scripted_engine: ScriptedEngine) -> Engines:
    return Engines(scripted_engine)


async def test_a_client_that_can_tell_is_asked_for_everything_and_for_each_folder(
    talk: Talk, engines: Engines
) -> None:
    written = await talk(
        initialize(CAN_TELL, {"model": "never"}),
        INITIALIZED,
        answers=1,
        connect=engines,
        replies={"workspace/configuration": [{"model": "m"}, {"candidates": 0}]},
        until=shown,
    )
    [asked] = of_method(written, "workspace/configuration")
    assert [item.get("scopeUri") for item in asked["items"]] == [None, FOLDER]
    assert {item["section"] for item in asked["items"]} == {"mezzotint"}
    assert engines.wanted == ["m"]
    assert "candidates" in shown(written)[0]


@pytest.mark.parametrize("reply", [[], None, [None, None], [None]])
async def test_a_client_that_tells_nothing_leaves_what_was_said_at_the_start(
    talk: Talk, engines: Engines, reply: object
) -> None:
    await talk(
        initialize(CAN_TELL, {"model": "m"}),
        INITIALIZED,
        answers=1,
        connect=engines,
        replies={"workspace/configuration": reply},
        until=engines.are_there,
    )
    assert engines.wanted == ["m"]


@pytest.mark.parametrize("capabilities", [{}, CAN_TELL, CAN_ANNOUNCE])
@pytest.mark.parametrize("said", [{"mezzotint": {"model": "m"}}, {"model": "m"}])
async def test_what_is_pushed_holds_and_another_model_is_another_engine(
    talk: Talk, engines: Engines, capabilities: dict[str, Any], said: object
) -> None:
    await talk(
        initialize(capabilities),
        INITIALIZED,
        pushed(said),
        pushed(said),
        pushed({"mezzotint": {"model": "n", "candidates": 1}}),
        pushed({"mezzotint": {"model": "n"}}),
        answers=1,
        connect=engines,
        replies={"workspace/configuration": [None, None]},
        until=engines.are_there,
    )
    assert engines.wanted[-2:] == ["m", "n"]
    assert [it.is_closed for it in engines.made[:-1]] == [True] * len(engines.made[:-1])


async def test_a_client_that_can_announce_changes_is_asked_to_announce_all(
    talk: Talk, engines: Engines
) -> None:
    written = await talk(
        initialize(CAN_ANNOUNCE),
        INITIALIZED,
        answers=1,
        connect=engines,
        replies={"workspace/configuration": [{}, {}], "client/registerCapability": None},
        until=engines.are_there,
    )
    [registered] = of_method(written, "client/registerCapability")
    [registration] = registered["registrations"]
    assert registration["method"] == "workspace/didChangeConfiguration"
    assert "registerOptions" not in registration


@pytest.mark.parametrize("can_tell", [True, False])
@pytest.mark.parametrize("nothing", [None, {}, {"mezzotint": None}])
async def test_a_change_that_is_not_told_is_asked_for(
    engines: Engines, nothing: Any, can_tell: bool
) -> None:
    server = create_server(engines, Settings(candidates=2))
    server.client = ClientCapabilities(can_tell_settings=can_tell)
    did_change_configuration(server, types.DidChangeConfigurationParams(nothing))
    assert server.is_looking_up is can_tell
    assert server.settings == Settings(candidates=2)
    server.leave()


async def test_a_bad_value_is_named_once(talk: Talk) -> None:
    written = await talk(
        initialize({}, {"candidates": 0}),
        INITIALIZED,
        pushed({"mezzotint": {"candidates": 0}}),
        pushed({"mezzotint": {"candidates": 0, "deadlineMs": 0}}),
        pushed(["nonsense"]),
        answers=1,
        until=shown_three,
    )
    assert ["candidates" in it for it in shown(written)] == [True, False, False]


async def test_nothing_is_started_while_suggestions_are_off(talk: Talk, engines: Engines) -> None:
    await talk(
        initialize({}, {"enabled": False}),
        INITIALIZED,
        pushed({"mezzotint": {"model": "m"}}),
        answers=1,
        connect=engines,
    )
    assert engines.wanted == []
