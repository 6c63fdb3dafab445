"""From a request to its items, with an engine that is a script."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from lsprotocol import types

from mezzotint_infill.errors import BadHoleError, EngineUnavailableError, UnknownModelError
from mezzotint_infill.hole import Hole, HoleKind
from mezzotint_server.app import create_server
from mezzotint_server.features.inline_completion import inline_completion
from mezzotint_server.feedback import ENGINE_LOST, Feedback
from mezzotint_server.session import MezzotintServer
from mezzotint_server.settings import Settings

INVOKED = types.InlineCompletionTriggerKind.Invoked
AUTOMATIC = types.InlineCompletionTriggerKind.Automatic
URI = "file:///a.py"
SETTINGS = Settings(candidates=2, deadline_ms=1000)

ScriptedEngine = Callable[..., Any]
"""Makes a scripted client of an engine; its type lives in conftest.py."""


class Asked:
    """A server that is asked about the ‸ in a text, once its engine is up."""

    def __init__(self, marked: str, client: Any) -> None:
        self.before, _, after = marked.partition("‸")
        self.client = client
        self.shown: list[str] = []
        self.server = create_server(lambda _: client, SETTINGS)
        self.server.feedback = Feedback(lambda message: self.shown.append(message.message))
        self.server.documents.open(types.TextDocumentItem(URI, "python", 1, self.before + after))

    @property
    def cursor(self) -> types.Position:
        return types.Position(self.before.count("\n"), len(self.before.rpartition("\n")[2]))

    async def items(
        self,
        trigger: types.InlineCompletionTriggerKind = AUTOMATIC,
        selected: types.SelectedCompletionInfo | None = None,
    ) -> list[types.InlineCompletionItem]:
        await up(self.server)
        document, context = types.TextDocumentIdentifier(URI), types.InlineCompletionContext
        params = types.InlineCompletionParams(context(trigger, selected), document, self.cursor)
        return list((await inline_completion(self.server, params)).items)


async def up(server: MezzotintServer) -> None:
    server.start_engine()
    assert server.engine is not None
    while not await server.engine.is_up():  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0)


def texts(items: list[types.InlineCompletionItem]) -> list[str]:
    return [str(item.insert_text) for item in items]


@pytest.mark.parametrize(
    ("trigger", "expected", "wanted", "deadline_ms"),
    [(AUTOMATIC, ["1"], 1, 1000), (INVOKED, ["1", "2"], 2, 4000)],
)
async def test_who_asks_by_hand_gets_more_suggestions_and_more_time(
    scripted_engine: ScriptedEngine,
    trigger: types.InlineCompletionTriggerKind,
    expected: list[str],
    wanted: int,
    deadline_ms: float,
) -> None:
    asked = Asked("x = ‸\n", scripted_engine(candidates=("1", "2", "3")))
    assert texts(await asked.items(trigger)) == expected
    [(hole, options)] = asked.client.asked
    assert hole == Hole("x = ", "\n", "python", HoleKind.REST_OF_LINE, lines=1)
    assert (options.candidates, options.deadline_ms) == (wanted, deadline_ms)


async def test_an_item_has_an_empty_range_at_the_cursor(scripted_engine: ScriptedEngine) -> None:
    asked = Asked("a\nx = f(‸)\n", scripted_engine(candidates=("1",)))
    [item] = await asked.items()
    assert item.range == types.Range(types.Position(1, 6), types.Position(1, 6))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [((), []), (("",), []), ((" \t", "1"), []), (("1", "", "2"), ["1", "2"])],
)
async def test_what_cannot_be_seen_is_not_suggested(
    scripted_engine: ScriptedEngine, candidates: tuple[str, ...], expected: list[str]
) -> None:
    asked = Asked("x = ‸\n", scripted_engine(candidates=candidates))
    assert texts(await asked.items(INVOKED)) == expected


async def test_a_fill_has_the_documents_own_line_breaks(scripted_engine: ScriptedEngine) -> None:
    asked = Asked("a\r\n‸\r\n", scripted_engine(candidates=("b\nc",)))
    assert texts(await asked.items()) == ["b\r\nc"]
    hole = asked.client.asked[0][0]
    assert hole == Hole("a\n", "\n", "python", HoleKind.LINE, lines=1)


async def test_inside_of_a_word_nothing_is_suggested_but_to_those_who_ask(
    scripted_engine: ScriptedEngine,
) -> None:
    asked = Asked("print(he‸ight)\n", scripted_engine(candidates=("1",)))
    assert await asked.items(AUTOMATIC) == []
    assert asked.client.asked == []
    assert texts(await asked.items(INVOKED)) == ["1"]


def selection(text: str, start: tuple[int, int], end: tuple[int, int]) -> Any:
    return types.SelectedCompletionInfo(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


async def test_a_suggestion_goes_on_from_the_selected_entry_of_the_menu(
    scripted_engine: ScriptedEngine,
) -> None:
    asked = Asked("x.ap‸\n", scripted_engine(candidates=("(1)",)))
    [item] = await asked.items(selected=selection("append", (0, 2), (0, 4)))
    assert item.insert_text == "append(1)"
    assert item.range == types.Range(types.Position(0, 2), types.Position(0, 4))
    assert asked.client.asked[0][0].prefix == "x.append"


@pytest.mark.parametrize(
    "selected",
    [
        selection("append", (0, 2), (0, 3)),
        selection("a\nb", (0, 2), (0, 4)),
        selection("append", (1, 0), (0, 4)),
    ],
)
async def test_an_entry_that_does_not_end_at_the_cursor_gets_no_suggestion(
    scripted_engine: ScriptedEngine, selected: types.SelectedCompletionInfo
) -> None:
    asked = Asked("x.ap‸\n", scripted_engine(candidates=("(1)",)))
    assert await asked.items(selected=selected) == []


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (BadHoleError("Too odd."), []),
        (EngineUnavailableError("It died."), [ENGINE_LOST]),
        (UnknownModelError("No such model."), ["mezzotint has no suggestions: No such model."]),
        (TimeoutError(), []),
        (ValueError("A mistake of ours."), []),
    ],
)
async def test_a_failure_is_an_empty_list_and_told_only_if_it_concerns_the_user(
    scripted_engine: ScriptedEngine, problem: Exception, shown: list[str]
) -> None:
    asked = Asked("x = ‸\n", scripted_engine(candidates=("1",), problem=problem))
    assert await asked.items() == []
    assert asked.shown == shown


async def test_a_fill_for_an_older_version_is_not_answered_with(
    scripted_engine: ScriptedEngine,
) -> None:
    asked = Asked("x = ‸\n", scripted_engine(candidates=("1",)))
    asked.client.during_fill = lambda: asked.server.documents.change(URI, 2, [])
    assert await asked.items() == []


async def test_without_an_engine_there_are_no_suggestions(scripted_engine: ScriptedEngine) -> None:
    asked = Asked("x = ‸\n", scripted_engine(candidates=("1",)))
    server = asked.server
    params = types.InlineCompletionParams(
        types.InlineCompletionContext(AUTOMATIC), types.TextDocumentIdentifier(URI), asked.cursor
    )
    assert (await inline_completion(server, params)).items == []
