"""Sessions of real editors, played again to a real server with the model that ships.

What the editor sent is sent again, in its order, each message once the server has come as far as it
had when the editor sent it. ``traces/README.md`` says how a session is recorded.
"""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_infill.engine.address import RUNTIME_VARIABLE

TRACES = sorted((Path(__file__).parent / "traces").glob("*.jsonl"))
SERVER = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]
PATIENCE_S = 120.0
"""For a loaded machine; a session that takes longer is broken off."""
OVERTAKEN = {types.LSPErrorCodes.RequestCancelled, types.LSPErrorCodes.ContentModified}
STATIC = {
    types.TEXT_DOCUMENT_INLINE_COMPLETION: "inlineCompletionProvider",
    types.TEXT_DOCUMENT_COMPLETION: "completionProvider",
    types.TEXT_DOCUMENT_CODE_ACTION: "codeActionProvider",
    types.WORKSPACE_EXECUTE_COMMAND: "executeCommandProvider",
}
"""Where the server says in its first answer which requests it takes."""

Json = dict[str, Any]


class Document:
    """A document as its editor has it, changed in the plainest way."""

    def __init__(self, opened: Json, encoding: str) -> None:
        self.uri, self.version, self.text = opened["uri"], opened["version"], opened["text"]
        self._encoding = encoding if encoding == "utf-8" else f"{encoding}-le"
        self._unit = int(encoding.removeprefix("utf-")) // 8

    def change(self, params: Json) -> None:
        self.version = params["textDocument"]["version"]
        for change in params["contentChanges"]:
            start, end = (self._offset(**change["range"][edge]) for edge in ("start", "end"))
            self.text = self.text[:start] + change["text"] + self.text[end:]

    def words(self) -> Iterator[tuple[Json, Json]]:
        """Each word's range with the space around it, and without."""
        for number, line in enumerate(self.text.split("\n")):
            found = [word.span() for word in re.finditer(r"\S+", line)]
            edges = [0, *(edge for word in found for edge in word), len(line)]
            for at, (start, end) in enumerate(found):
                around = self._range(number, edges[2 * at], edges[2 * at + 3])
                yield around, self._range(number, start, end)

    def _range(self, number: int, start: int, end: int) -> Json:
        before = (self.text.split("\n")[number][:at].encode(self._encoding) for at in (start, end))
        first, last = ({"line": number, "character": len(it) // self._unit} for it in before)
        return {"start": first, "end": last}

    def _offset(self, line: int, character: int) -> int:
        lines = self.text.split("\n")
        before = lines[line].encode(self._encoding)[: character * self._unit]
        return sum(len(it) + 1 for it in lines[:line]) + len(before.decode(self._encoding))


class Replay:
    """One session, and all that the server said in it."""

    def __init__(self, trace: Path, folder: Path) -> None:
        text = trace.read_text("utf-8").replace("file:///project", folder.as_uri())
        lines = map(json.loads, text.replace('"/project', f'"{folder}').splitlines())
        self.trace: list[tuple[str, Json]] = [(it["from"], it["message"]) for it in lines]
        self.requests = {it["id"]: it for it in self.of("client") if "id" in it and "method" in it}
        self.said: list[Json] = []
        """By the server: requests, notifications and answers."""
        self.strange = b""
        """What came over standard output and was no message."""
        self.held: list[tuple[object, object]] = []
        """Of each word at the end: its version and range, as the editor and as the server has it."""
        self.exit_code: int | None = None
        self._recorded = self._recorded_answers()
        self._documents: dict[str, Document] = {}
        self._edits: list[Any] = []
        self._commands: list[Any] = []
        self._takes_edits = False
        self._names: dict[str, str] = {}
        self._has_come = asyncio.Condition()
        self._is_over = False

    def of(self, sender: str, method: str = "") -> list[Json]:
        """What this side sent when the session was recorded."""
        return [it for who, it in self.trace if who == sender and method in ("", it.get("method"))]

    def asked(self) -> list[Json]:
        """What the server asked of the editor."""
        return [it for it in self.said if "method" in it and "id" in it]

    def answers(self, request: Any) -> list[Json]:
        return [it for it in self.said if "method" not in it and it.get("id") == request]

    def answers_to(self, method: str) -> list[Json]:
        ids = [name for name, it in self.requests.items() if it["method"] == method]
        return [answer for name in ids for answer in self.answers(name)]

    def registered(self) -> set[str]:
        """Which requests the server has said that it takes, after the start."""
        asked = [it for it in self.asked() if it["method"] == types.CLIENT_REGISTER_CAPABILITY]
        return {each["method"] for it in asked for each in it["params"]["registrations"]}

    async def play(self, env: dict[str, str]) -> "Replay":
        pipe = asyncio.subprocess.PIPE
        server = await asyncio.create_subprocess_exec(*SERVER, stdin=pipe, stdout=pipe, env=env)
        assert server.stdin is not None
        assert server.stdout is not None
        self._to_server = server.stdin
        listening = asyncio.create_task(self._listen(server.stdout))
        with contextlib.suppress(TimeoutError, EOFError):
            async with asyncio.timeout(PATIENCE_S):
                for sender, message in self.trace:
                    await (self._say(message) if sender == "client" else self._wait_for(message))
                server.stdin.close()
                self.exit_code = await server.wait()
        if self.exit_code is None:
            server.kill()
            await server.wait()
        await listening
        return self

    async def _say(self, message: Json) -> None:
        params: Json = message.get("params") or {}
        document = self._documents.get(params.get("textDocument", {}).get("uri"))
        match message.get("method"):
            case None:
                self._answer_edit(message)
                return
            case types.TEXT_DOCUMENT_DID_OPEN:
                offer = self.answers_to(types.INITIALIZE)[0]["result"]["capabilities"]
                document = Document(params["textDocument"], offer.get("positionEncoding", "utf-16"))
                self._documents[document.uri] = document
            case types.TEXT_DOCUMENT_DID_CHANGE if document:
                document.change(params)
            case types.TEXT_DOCUMENT_DID_CLOSE if document:
                await self._look_at(document)
            case types.WORKSPACE_EXECUTE_COMMAND:
                self._commands.append(message["id"])
                message = {**message, "params": self._renamed(params)}
            case _:
                pass
        self._send(message)

    def _renamed(self, command: Json) -> Json:
        """Names of suggestions are the server's own, and may be others now."""
        if "arguments" not in command:
            return command
        names = [self._names.get(str(it), it) for it in command["arguments"]]
        return {**command, "arguments": names}

    async def _wait_for(self, recorded: Json) -> None:
        """Until the server has come as far as the editor had seen it come."""
        match recorded:
            case {"method": types.CLIENT_REGISTER_CAPABILITY, "params": params}:
                wanted = {it["method"] for it in params["registrations"]}
                await self._until(lambda: wanted <= self.registered())
            case {"method": types.WORKSPACE_APPLY_EDIT}:
                # Another model may have found nothing to change.
                await self._until(
                    lambda: bool(self._edits) or all(map(self.answers, self._commands))
                )
            case {"method": _}:
                pass
            case _:
                self._takes_edits = recorded["id"] in self._commands
                await self._until(lambda: bool(self.answers(recorded["id"])))
                self._takes_edits = False
                now = self.answers(recorded["id"])[0]
                self._names |= dict(zip(names_in(recorded), names_in(now), strict=False))

    async def _look_at(self, document: Document) -> None:
        """Actions on a word tell where it is: code is marked without the space around it."""
        for number, (around, word) in enumerate(document.words()):
            name = f"word {number}"
            params: Json = {
                "textDocument": {"uri": document.uri},
                "range": around,
                "context": {"diagnostics": [], "triggerKind": 1},
            }
            self._send({"id": name, "method": types.TEXT_DOCUMENT_CODE_ACTION, "params": params})
            await self._until(lambda: bool(self.answers(name)))  # noqa: B023 - awaited at once
            actions = self.answers(name)[0]["result"]
            told = [it["data"]["argument"] for it in actions if it["title"] == "Touch up"]
            places = [(it["version"], it["range"]) for it in told]
            self.held.append(([(document.version, word)], places))

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with self._has_come:
            await self._has_come.wait_for(lambda: is_so() or self._is_over)
            if not is_so():
                raise EOFError

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        try:
            while message := await self._message(stream):
                async with self._has_come:
                    self.said.append(message)
                    self._answer(message)
                    self._has_come.notify_all()
        finally:
            async with self._has_come:
                self._is_over = True
                self._has_come.notify_all()

    async def _message(self, stream: asyncio.StreamReader) -> Json | None:
        """The next one; nothing at the end."""
        while head := await stream.readline():
            length = re.fullmatch(rb"Content-Length: (\d+)\r\n", head)
            if length is None:
                self.strange += head
                continue
            while await stream.readline() not in (b"\r\n", b""):
                pass
            return json.loads(await stream.readexactly(int(length[1])))
        return None

    def _answer(self, message: Json) -> None:
        """As the editor did. Whether an edit is made is said when its turn comes.

        One more than there were, of a model that finds something else, has no turn.
        """
        if message.get("method") == types.WORKSPACE_APPLY_EDIT and not self._takes_edits:
            self._edits.append(message["id"])
        elif "method" in message and "id" in message:
            known = self._recorded.get(message["method"], [{"result": None}])
            reply = known.pop(0) if len(known) > 1 else known[0]
            self._send({**reply, "id": message["id"]})

    def _answer_edit(self, recorded: Json) -> None:
        edits = [it["id"] for it in self.of("server", types.WORKSPACE_APPLY_EDIT)]
        if recorded["id"] in edits and self._edits:
            self._send({**recorded, "id": self._edits.pop(0)})

    def _send(self, message: Json) -> None:
        body = json.dumps({**message, "jsonrpc": "2.0"}).encode()
        self._to_server.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def _recorded_answers(self) -> dict[str, list[Json]]:
        """By the method that they answer."""
        methods = {it["id"]: it["method"] for it in self.of("server") if {"id", "method"} <= {*it}}
        answers: dict[str, list[Json]] = {}
        for it in self.of("client"):
            if "method" not in it:
                answers.setdefault(methods[it["id"]], []).append(it)
        return answers


def names_in(answer: Json) -> list[str]:
    """Of the suggestions in an answer."""
    match answer.get("result"):
        case {"items": [*items]}:
            return [it["command"]["arguments"][0] for it in items]
        case _:
            return []


@pytest.fixture(scope="module", params=TRACES, ids=lambda trace: trace.stem)
def replay(
    request: pytest.FixtureRequest,
    shared_engine_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Replay:
    """A session that has been played to its end."""
    folder = tmp_path_factory.mktemp("project")
    env = {
        **os.environ,
        RUNTIME_VARIABLE: str(shared_engine_folder),
        "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state")),
    }
    return asyncio.run(Replay(request.param, folder).play(env))


def test_every_request_is_answered_exactly_once(replay: Replay) -> None:
    answers = {name: len(replay.answers(name)) for name in replay.requests}
    assert answers == dict.fromkeys(replay.requests, 1)
    answered = {it["id"] for it in replay.said if "method" not in it}
    assert {it for it in answered if it not in answers and not str(it).startswith("word ")} == set()


def test_the_only_error_is_that_a_request_was_overtaken(replay: Replay) -> None:
    errors = [
        it["error"] for name in replay.requests for it in replay.answers(name) if "error" in it
    ]
    assert [it for it in errors if it["code"] not in OVERTAKEN] == []


def test_suggestions_are_lists_and_each_has_a_range_within_one_line(replay: Replay) -> None:
    answers = replay.answers_to(types.TEXT_DOCUMENT_INLINE_COMPLETION)
    results = [it["result"] for it in answers if "error" not in it]
    assert None not in results
    items = [item for each in results for item in each["items"]]
    assert items, "Nothing was suggested in the whole session."
    for item in items:
        assert isinstance(item["insertText"], str)
        assert item["range"]["start"]["line"] == item["range"]["end"]["line"]


def test_what_the_editor_asked_is_still_offered_in_a_way_that_it_knows(replay: Replay) -> None:
    [initialize] = replay.of("client", types.INITIALIZE)
    can = initialize["params"]["capabilities"]
    offer = replay.answers_to(types.INITIALIZE)[0]["result"]["capabilities"]
    encodings = can.get("general", {}).get("positionEncodings", ["utf-16"])
    assert offer.get("positionEncoding", "utf-16") in encodings
    offered = {method for method, provider in STATIC.items() if offer.get(provider) is not None}
    asked = {it["method"] for it in replay.requests.values()}
    assert asked & set(STATIC) <= offered | replay.registered()
    for method in replay.registered():
        area, feature = method.split("/")
        assert can[area][feature]["dynamicRegistration"] is True


def test_the_server_asks_only_what_the_editor_answered(replay: Replay) -> None:
    answered = {it["method"] for it in replay.of("server") if "method" in it and "id" in it}
    assert {it["method"] for it in replay.asked()} <= answered


def test_at_the_end_the_server_has_every_word_where_the_editor_has_it(replay: Replay) -> None:
    assert replay.held
    for editor, server in replay.held:
        assert server == editor


def test_standard_output_has_nothing_but_the_protocol_and_the_server_leaves_when_told(
    replay: Replay,
) -> None:
    assert replay.strange == b""
    assert all(it["jsonrpc"] == "2.0" for it in replay.said)
    assert replay.exit_code == 0
