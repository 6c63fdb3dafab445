"""Every request gets exactly one answer, whatever it looks like and whenever it comes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from mezzotint_server.session import MezzotintServer

Message = dict[str, Any] | bytes
Talk = Callable[..., Awaitable[list[dict[str, Any]]]]

URI = "file:///a.py"
INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32600, -32601, -32602
NOT_INITIALIZED = -32002


def request(method: str, message_id: int | str = 1, **params: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message_id, "method": method, "params": params}


def notification(method: str, **params: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


INITIALIZE = request("initialize", 0, processId=None, rootUri=None, capabilities={})
INITIALIZED = notification("initialized")
SHUTDOWN = {"jsonrpc": "2.0", "id": "shutdown", "method": "shutdown"}
DID_OPEN = notification(
    "textDocument/didOpen",
    textDocument={"uri": URI, "languageId": "python", "version": 1, "text": "x = \n"},
)
QUESTION: dict[str, Any] = {
    "textDocument": {"uri": URI},
    "position": {"line": 0, "character": 4},
    "context": {"triggerKind": 1},
}


def ask(message_id: int | str = 1, **changed: object) -> dict[str, Any]:
    params = {name: it for name, it in {**QUESTION, **changed}.items() if it is not None}
    return request("textDocument/inlineCompletion", message_id, **params)


async def check(talk: Talk, before: list[Message], asked: Message, code: int | None) -> None:
    """``asked`` is answered once, with the error ``code``, and so is what comes before it."""
    requests = sum(isinstance(message, dict) and "id" in message for message in before)
    written = await talk(*before, asked, answers=requests + 1)
    *_, answer = [message for message in written if "method" not in message]
    assert answer["id"] == (asked["id"] if isinstance(asked, dict) else None)
    assert answer.get("error", {}).get("code") == code


async def test_initialize_says_what_the_server_can_do(talk: Talk) -> None:
    offered = {"general": {"positionEncodings": ["utf-16", "utf-8"]}}
    initialize = request("initialize", processId=None, rootUri=None, capabilities=offered)
    [answer] = await talk(initialize, answers=1)
    assert answer["result"]["serverInfo"] == {"name": "mezzotint", "version": version("mezzotint")}
    capabilities = answer["result"]["capabilities"]
    assert capabilities["inlineCompletionProvider"] == {}
    assert capabilities["positionEncoding"] == "utf-8"
    assert capabilities["textDocumentSync"]["openClose"] is True
    assert capabilities["textDocumentSync"]["change"] == types.TextDocumentSyncKind.Incremental


@pytest.mark.parametrize(
    "asked",
    [
        ask(context=None),
        ask(context={"triggerKind": 7}),
        ask(position={"line": -1, "character": 0}),
        ask(position={"line": "first", "character": 0}),
        ask(textDocument=[]),
        {**ask(), "params": None},
        {**ask(), "params": [1, 2]},
        {"jsonrpc": "2.0", "id": "no params", "method": "textDocument/inlineCompletion"},
        request("workspace/executeCommand", command="there.is.none"),
    ],
)
async def test_malformed_parameters_are_invalid_parameters(talk: Talk, asked: Message) -> None:
    await check(talk, [INITIALIZE, INITIALIZED, DID_OPEN], asked, INVALID_PARAMS)


@pytest.mark.parametrize(
    "asked",
    [
        request("there/isNone", position={}),
        {"jsonrpc": "2.0", "id": 5, "method": "there/isNone"},
        request("$/thereIsNone"),
        request("textDocument/hover", **QUESTION),
        request("textDocument/hover", position=3),
    ],
)
async def test_an_unknown_method_is_an_unknown_method(talk: Talk, asked: Message) -> None:
    await check(talk, [INITIALIZE, INITIALIZED], asked, UNKNOWN_METHOD)


async def test_before_initialize_nothing_is_answered_but_initialize(talk: Talk) -> None:
    await check(talk, [], ask(), NOT_INITIALIZED)
    await check(talk, [DID_OPEN, INITIALIZED], INITIALIZE, None)


async def test_initialize_comes_once(talk: Talk) -> None:
    await check(talk, [INITIALIZE, INITIALIZED], {**INITIALIZE, "id": 9}, INVALID_REQUEST)


@pytest.mark.parametrize("asked", [ask(), {**SHUTDOWN, "id": 8}, ask(context=None)])
async def test_after_shutdown_every_request_is_invalid(talk: Talk, asked: Message) -> None:
    await check(talk, [INITIALIZE, INITIALIZED, SHUTDOWN], asked, INVALID_REQUEST)


@pytest.mark.parametrize("asked", [{"id": 3, "method": "shutdown"}, {"id": 4}])
async def test_a_message_without_a_version_is_an_invalid_request(
    talk: Talk, asked: Message
) -> None:
    await check(talk, [INITIALIZE, INITIALIZED], asked, INVALID_REQUEST)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"{not json",
        b"[]",
        b"3",
        b"null",
        b"\xff\xfe",
        b'{"jsonrpc": "2.0"}',
        notification("textDocument/didChange", textDocument={"uri": 3}),
        notification("there/isNone", x=1),
        notification("$/cancelRequest", id="never asked"),
        notification("$/cancelRequest"),
        notification("textDocument/didClose", textDocument={"uri": "file:///never/opened"}),
        {"jsonrpc": "2.0", "id": "never asked", "result": None},
        {"jsonrpc": "2.0", "id": "never asked", "error": {"code": "x"}},
    ],
)
async def test_nonsense_that_asks_for_nothing_does_no_harm(talk: Talk, nonsense: Message) -> None:
    written = await talk(INITIALIZE, INITIALIZED, nonsense, ask(), answers=2)
    answers = [message for message in written if "method" not in message]
    assert [answer["id"] for answer in answers] == [0, 1]
    assert answers[1]["result"] == {"items": []}


FAILING = (
    types.TEXT_DOCUMENT_INLINE_COMPLETION,
    types.TEXT_DOCUMENT_COMPLETION,
    types.TEXT_DOCUMENT_HOVER,
)


def fail(server: MezzotintServer) -> None:
    """Whatever is asked about a place fails."""

    def handler(_: object) -> None:
        raise ValueError("x")

    for method in FAILING:
        server.protocol.fm.features.pop(method, None)
        server.feature(method)(handler)


@pytest.mark.parametrize(
    ("asked", "nothing"),
    [
        (
            request("textDocument/hover", textDocument={"uri": URI}, position=QUESTION["position"]),
            None,
        ),
        (ask(), {"items": []}),
        (
            request("textDocument/completion", **QUESTION),
            {"isIncomplete": False, "items": []},
        ),
    ],
)
async def test_a_handler_that_fails_has_nothing_to_say_and_the_log_tells_why(
    talk: Talk, caplog: pytest.LogCaptureFixture, asked: dict[str, Any], nothing: object
) -> None:
    written = await talk(INITIALIZE, INITIALIZED, asked, answers=2, prepare=fail)
    [*_, answer] = [message for message in written if "method" not in message]
    assert answer["result"] == nothing
    [logged] = [it for it in caplog.records if it.name == "mezzotint_server.protocol"]
    assert asked["method"] in logged.message
    assert logged.exc_info


MESSAGES: list[Message] = [
    ask(),
    ask(context=None),
    ask(textDocument={"uri": "file:///other.py"}),
    request("there/isNone"),
    SHUTDOWN,
    INITIALIZE,
    INITIALIZED,
    DID_OPEN,
    notification("textDocument/didClose", textDocument={"uri": URI}),
    notification("$/cancelRequest", id=3),
    b"{not json",
    *(
        notification("workspace/didChangeConfiguration", settings=settings)
        for settings in (None, {"mezzotint": {"enabled": False}}, {"model": "x"}, [3])
    ),
    notification("workspace/didChangeConfiguration"),
    *(
        request("workspace/executeCommand", command=f"mezzotint.{command}", arguments=arguments)
        for command in ("enable", "disable", "snooze")
        for arguments in ([], ["x"])
    ),
]


@settings(
    max_examples=80,
    # The fixture is a function that makes everything anew.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(conversation=st.lists(st.sampled_from(MESSAGES), max_size=12))
def test_every_request_of_any_conversation_gets_exactly_one_answer(
    talk: Talk, conversation: list[Message]
) -> None:
    messages = [INITIALIZE, *map(numbered, conversation, range(1, 99))]
    asked = [message["id"] for message in messages if isinstance(message, dict) and "id" in message]
    written = asyncio.run(all_of(talk, messages, len(asked)))
    answered = Counter(message["id"] for message in written if "method" not in message)
    assert answered == Counter(asked)


def numbered(message: Message, number: int) -> Message:
    if isinstance(message, dict) and "id" in message:
        return {**message, "id": number}
    return message


async def all_of(talk: Talk, messages: list[Message], answers: int) -> list[dict[str, Any]]:
    return await talk(*messages, answers=answers)


@pytest.mark.parametrize(("answered", "is_given_up"), [("ours", True), ("another", False)])
async def test_who_waits_for_an_answer_that_cannot_be_read_waits_no_longer(
    talk: Talk, answered: str, is_given_up: bool
) -> None:
    waiting: list[Future[Any]] = []

    def ask_for_an_edit(server: MezzotintServer) -> None:
        @server.command("ask")
        def ask(*_: object) -> None:  # pyright: ignore[reportUnusedFunction]
            edit = types.ApplyWorkspaceEditParams(types.WorkspaceEdit())
            protocol = server.protocol
            waiting.append(protocol.send_request(types.WORKSPACE_APPLY_EDIT, edit, msg_id="ours"))

    await talk(
        INITIALIZE,
        INITIALIZED,
        request("workspace/executeCommand", 1, command="ask"),
        {"jsonrpc": "2.0", "id": answered, "result": None},
        SHUTDOWN,
        answers=3,
        prepare=ask_for_an_edit,
    )
    assert waiting[0].cancelled() is not is_given_up  # what still waits, shutdown cancels
