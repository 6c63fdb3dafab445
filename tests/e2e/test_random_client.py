"""A client that does anything at any time, with the model that ships.

``MEZZOTINT_STEPS=10000`` lets it do more; it does the same each time for the same seed.
"""

import asyncio
import gc
import json
import logging
import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil
import pytest
from lsprotocol import types

from mezzotint_infill.remote import EngineInfiller
from mezzotint_server.app import create_server
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

_logger = logging.getLogger(__name__)

STEPS = int(os.environ.get("MEZZOTINT_STEPS", "400"))
SEED = int(os.environ.get("MEZZOTINT_SEED", "0"))
SETTLED_AFTER = 1_000
"""Steps after which memory may not grow."""
GROWTH = 8 * 2**20
PATIENCE_S = 300.0
URIS = [f"file:///random/{name}" for name in ("a.py", "b.py", "c.py", "d.js")]

CODE = """\
import math

class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def length(self):
        return math.sqrt(self.x ** 2 + self.y ** 2)

def area(radius):
    # π r² 𝒳
    return math.pi * radius
"""
BITS = [
    *("a", "x", ".", "(", ")", "self", "\n", "\r\n", "\r", "    ", "𝒳", "é", "\u2028", "\f"),
    *("return ", "def f(x):\n    ", '"""', "# ", "x = ", "radius", "\t", "[1, 2]"),
]
SETTINGS: list[Any] = [
    None,
    {},
    {"candidates": 2, "deadlineMs": 300},
    {"enabled": False},
    {"automatic": False},
    {"drafts": False, "completions": True},
    {"candidates": "many", "debounceMinMs": -3, "colour": "red"},
    {"perLanguage": {"javascript": {"enabled": False}}},
    "nonsense",
]
CAPABILITIES = {
    "experimental": {"mezzotint": {"drafts": True, "replaceRestOfLine": True}},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
    "textDocument": {
        "inlineCompletion": {"dynamicRegistration": True},
        "completion": {"dynamicRegistration": True},
    },
}


class RandomClient:
    """Keeps its documents in the plainest way, and an account of every request."""

    def __init__(self, server: MezzotintServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.texts: dict[str, str] = {}
        self.answered: Counter[int] = Counter()
        self.drafts = self.suggested = 0
        self.wrong: list[str] = []
        self._versions: Counter[str] = Counter()
        self._asked: dict[int, tuple[str, int]] = {}
        self._open: dict[int, None] = {}
        self._cancelled: set[int] = set()
        self._names: list[str] = []
        self._settings: Any = None
        server.protocol.set_writer(self, include_headers=False)

    @property
    def asked(self) -> int:
        return len(self._asked)

    @property
    def waiting(self) -> list[int]:
        return list(self._open)

    def step(self) -> None:
        """Do something."""
        deeds: list[tuple[int, Callable[[], None]]] = [
            (30, self.edit),
            (12, self.type_on),
            (25, self.ask),
            (6, self.ask_for_menu),
            (8, self.cancel),
            (3, self.configure),
            (3, self.command),
            (2, self.nonsense),
            (2, self.reopen),
        ]
        weights, choices = zip(*deeds, strict=True)
        [deed] = self.chance.choices(choices, weights)
        deed()

    def open(self, uri: str) -> None:
        self.texts[uri] = self.chance.choice([CODE, CODE.replace("\n", "\r\n"), "", "x = 1"])
        self._versions[uri] += 1
        language = "python" if uri.endswith(".py") else "javascript"
        item = {"uri": uri, "languageId": language, "version": self._versions[uri]}
        document = {**item, "text": self.texts[uri]}
        self.notify(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": document})

    def reopen(self) -> None:
        uri = self.chance.choice(URIS)
        document = {"textDocument": {"uri": uri}}
        self.notify(types.TEXT_DOCUMENT_DID_CLOSE, document)
        self.open(uri)

    def edit(self) -> None:
        """Several changes at once, each to what the one before it left; now and then all of it."""
        uri = self.chance.choice(URIS)
        changes: list[Any] = []
        for _ in range(self.chance.choice([1, 1, 1, 2, 4])):
            if self.chance.random() < 0.02:
                self.texts[uri] = self.chance.choice([CODE, "", "\r\n" * 5])
                changes.append({"text": self.texts[uri]})
                continue
            start = self.place(uri)
            length = self.chance.choice([0, 0, 1, 3, 40])
            end = proper(self.texts[uri], min(len(self.texts[uri]), start + length))
            changes.append(self.replaced(uri, start, end, self.chance.choice(BITS)))
        self.send_changes(uri, changes)

    def type_on(self) -> None:
        """A few keys at one place, asking after each."""
        uri = self.chance.choice(URIS)
        at = self.place(uri)
        for key in self.chance.choice(["x", "self.", "  ", "return"]):
            self.send_changes(uri, [self.replaced(uri, at, at, key)])
            at += 1
            self.ask_at(uri, position(self.texts[uri], at), 2)

    def ask(self) -> None:
        uri = self.chance.choice([*URIS, "file:///never/opened.py"])
        at = position(self.texts.get(uri, ""), self.place(uri))
        if self.chance.random() < 0.05:
            at = {"line": at["line"] + 100, "character": at["character"] + 100}
        self.ask_at(uri, at, self.chance.choice([1, 2, 2]))

    def ask_at(self, uri: str, at: dict[str, int], kind: int) -> None:
        params = {"textDocument": {"uri": uri}, "position": at, "context": {"triggerKind": kind}}
        self.request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params, uri)

    def ask_for_menu(self) -> None:
        uri = self.chance.choice(URIS)
        at = position(self.texts[uri], self.place(uri))
        params = {"textDocument": {"uri": uri}, "position": at}
        self.request(types.TEXT_DOCUMENT_COMPLETION, params, uri)

    def cancel(self) -> None:
        number = self.chance.choice(self.waiting or [0, 10**6])
        self._cancelled.add(number)
        self.notify(types.CANCEL_REQUEST, {"id": number})

    def configure(self) -> None:
        self._settings = self.chance.choice(SETTINGS)
        said = {"mezzotint": self._settings} if self.chance.random() < 0.3 else None
        self.notify(types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"settings": said})

    def command(self) -> None:
        names = [
            "enable",
            "enable",
            "enable",
            "enable",
            "disable",
            "snooze",
            "accept",
            "reject",
            "isNone",
        ]
        name = f"mezzotint.{self.chance.choice(names)}"
        last = self._names[-1:]
        arguments = last if name in ("mezzotint.accept", "mezzotint.reject") else []
        params = {"command": name, "arguments": arguments}
        self.request(types.WORKSPACE_EXECUTE_COMMAND, params, "")

    def nonsense(self) -> None:
        method = self.chance.choice(["textDocument/isNone", types.TEXT_DOCUMENT_INLINE_COMPLETION])
        self.request(method, {"position": "there"}, "")

    def place(self, uri: str) -> int:
        text = self.texts.get(uri, "")
        return proper(text, self.chance.randint(0, len(text)))

    def replaced(self, uri: str, start: int, end: int, by: str) -> dict[str, Any]:
        text = self.texts[uri]
        self.texts[uri] = text[:start] + by + text[end:]
        span = {"start": position(text, start), "end": position(text, end)}
        return {"range": span, "text": by}

    def send_changes(self, uri: str, changes: list[Any]) -> None:
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        params = {"textDocument": document, "contentChanges": changes}
        self.notify(types.TEXT_DOCUMENT_DID_CHANGE, params)

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: object, uri: str) -> int:
        number = self.asked
        self._asked[number] = (uri, self._versions[uri])
        self._open[number] = None
        self._send({"id": number, "method": method, "params": params})
        return number

    async def answers(self) -> None:
        """Wait until every request is answered."""
        async with asyncio.timeout(PATIENCE_S):
            while self._open:  # noqa: ASYNC110 - nothing to wait for
                await asyncio.sleep(0.01)

    def write(self, data: bytes) -> None:
        message = json.loads(data)
        if "method" not in message:
            self._take_answer(message["id"], message.get("result"))
        elif "id" in message:
            is_configuration = message["method"] == types.WORKSPACE_CONFIGURATION
            reply = [self._settings] if is_configuration else None
            # Not at once, as no client could.
            asyncio.get_running_loop().call_soon(self._send, {"id": message["id"], "result": reply})
        elif message["method"] == "mezzotint/draft":
            self._take_draft(message["params"]["requestId"])

    def close(self) -> None:
        pass

    def _take_answer(self, number: int, result: Any) -> None:
        self.answered[number] += 1
        self._open.pop(number, None)
        match result:
            case {"items": [{"command": {"arguments": [str(name)]}}, *_]}:
                self.suggested += 1
                self._names.append(name)
                self._require_newest(number)
            case _:
                pass

    def _take_draft(self, number: int) -> None:
        self.drafts += 1
        if number not in self._open or number in self._cancelled:
            self.wrong.append(f"a draft came for {number}, which was answered or cancelled")
        self._require_newest(number)

    def _require_newest(self, number: int) -> None:
        uri, version = self._asked[number]
        if version != self._versions[uri]:
            self.wrong.append(f"for {number} came what fits an older version of {uri}")

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message})
        protocol = self.server.protocol
        protocol.handle_message(json.loads(body, object_hook=protocol.structure_message))


def proper(text: str, at: int) -> int:
    r"""A place that a position can name: not between ``\r`` and ``\n``."""
    return at - 1 if text[at - 1 : at + 1] == "\r\n" else at


def position(text: str, at: int) -> dict[str, int]:
    before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
    last = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(last.encode("utf-16-le")) // 2}


@pytest.mark.usefixtures("engine_folder")
async def test_every_request_is_answered_once_and_the_documents_stay_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = create_server(
        lambda settings: EngineInfiller("embedded", settings.device, settings.idle_s), Settings()
    )
    client = RandomClient(server, random.Random(SEED))
    client.request(types.INITIALIZE, {"processId": None, "capabilities": CAPABILITIES}, "")
    await client.answers()
    client.notify(types.INITIALIZED, {})
    for uri in URIS:
        client.open(uri)
    await loaded(server)
    with monkeypatch.context() as patch:
        # pytest keeps all that is logged, and that would be the memory that grows.
        patch.setattr(logging.root.manager, "disable", logging.CRITICAL)
        memory = await walk(client, STEPS)
        await client.answers()
    assert client.wrong == []
    assert {uri: server.documents.get(uri).text for uri in URIS} == client.texts  # pyright: ignore[reportOptionalMemberAccess] - they are open
    assert dict(client.answered) == dict.fromkeys(range(client.asked), 1)
    assert client.suggested > 0
    assert client.drafts > 0
    _logger.info(
        "%d requests, %d with suggestions, %d drafts, MiB after each thousand steps: %s",
        client.asked,
        client.suggested,
        client.drafts,
        [round(each / 2**20, 1) for each in memory],
    )
    assert not memory or memory[-1] - memory[0] < GROWTH
    server.leave()


async def walk(client: RandomClient, steps: int) -> list[int]:
    """Take steps; tell how much memory there was after each thousand of them."""
    memory: list[int] = []
    for number in range(1, steps + 1):
        client.step()
        await asyncio.sleep(client.chance.choice([0, 0, 0.001, 0.005, 0.05]))
        if number % 20 == 0 and client.waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(until_answered(client, client.waiting[-1]), 3.0)
        if number % SETTLED_AFTER == 0:
            gc.collect()
            memory.append(psutil.Process().memory_info().rss)
    return memory


async def until_answered(client: RandomClient, number: int) -> None:
    while not client.answered[number]:  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0.005)


async def loaded(server: MezzotintServer) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while server.engine is None or not await server.engine.is_up():  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0.05)
