"""The commands that rewrite and fill: in a document whose ‹ and › mark ranges, by a stepped engine."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Freed
from mezzotint_server import feedback as say
from mezzotint_server.documents import Document
from mezzotint_server.features.rewriting import fill_holes, repair, rewrite
from mezzotint_server.feedback import Feedback
from mezzotint_server.settings import Settings

URI = "file:///a.py"
OTHER_MODEL = Settings(model="other")
Command = Callable[..., Awaitable[None]]
StartTyping = Callable[..., Awaitable[Any]]


class Editor:
    """Makes the edits that it is asked for, in the way that some editors do."""

    def __init__(self, typing: Any) -> None:
        self.typing = typing
        self.server, self.engine = typing.server, typing.engine
        self.said: list[str] = []
        self.edits: list[types.ApplyWorkspaceEditParams] = []
        self.before_edit: Callable[[], object] = lambda: None
        self.makes_edits = self.answers_first = False
        self.says_applied = True
        self.server.feedback = Feedback(lambda params: self.said.append(params.message))
        self.server.workspace_apply_edit_async = self._apply

    @property
    def document(self) -> Document:
        document = self.server.documents.get(URI)
        assert isinstance(document, Document)
        return document

    def open(self, marked: str) -> list[types.Range]:
        """Open a document, and give back what is marked in it."""
        self.typing.open(re.sub("[‹›]", "", marked))
        marks = [_position(marked[: match.start()]) for match in re.finditer("[‹›]", marked)]
        return [types.Range(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)]

    async def run(
        self, command: Command, argument: dict[str, Any], *fills: str
    ) -> asyncio.Task[None]:
        """Begin, and have the engine answer with these texts if there are any."""
        task = asyncio.create_task(_awaited(command(self.server, {"uri": URI, **argument})))
        if fills:
            await self.engine.is_asked(1)
            await self.engine.end(*fills)
        return task

    async def _apply(
        self, params: types.ApplyWorkspaceEditParams
    ) -> types.ApplyWorkspaceEditResult:
        self.edits.append(params)
        self.before_edit()
        [edits] = (params.edit.changes or {}).values()
        if self.makes_edits and not self.answers_first:
            self._make(edits)
        elif self.makes_edits:
            asyncio.get_running_loop().call_later(0.01, self._make, edits)
        return types.ApplyWorkspaceEditResult(self.says_applied)

    def _make(self, edits: Sequence[types.TextEdit]) -> None:
        document = self.document
        for edit in reversed(edits):
            change = types.TextDocumentContentChangePartial(edit.range, edit.new_text)
            document = document.edited(change)
        self.typing.type(document.text)


@pytest.fixture
async def start(start_typing: StartTyping) -> Callable[..., Awaitable[Editor]]:
    async def make(settings: Settings = OTHER_MODEL) -> Editor:
        typing = await start_typing("‸", settings)
        typing.close()
        editor = Editor(typing)
        editor.makes_edits = True
        return editor

    return make


Start = Callable[..., Awaitable[Editor]]


@pytest.mark.parametrize(
    ("command", "extra", "marked", "fill", "expected"),
    [
        (rewrite, {"strength": 0.2}, "x = ‹foo(a)›\n", "bar(a)", "x = bar(a)\n"),
        (rewrite, {"strength": 0.2}, "if x:\n    y‹› = 1\n", "z = 1", "if x:\n    z = 1\n"),
        (rewrite, {"strength": 1}, "‹  a\r\n  b\r\n›c\r\n", "d\n  e", "  d\r\n  e\r\nc\r\n"),
        (rewrite, {"instruction": "add"}, "a‹🦀é›b", "xy", "axyb"),
        (rewrite, {}, "if x:\n‹    # add\n    y = 1\n›", "y += 1", "if x:\n    y += 1\n"),
        (repair, {}, "x = ‹foo(a)›\n", "foo(b)", "x = foo(b)\n"),
        (fill_holes, {}, "def f():\n    ‹›...\n", "return 1", "def f():\n    return 1\n"),
    ],
)
async def test_what_is_marked_is_made_anew(
    start: Start, command: Command, extra: dict[str, Any], marked: str, fill: str, expected: str
) -> None:
    editor = await start()
    [marked_range] = editor.open(marked)
    await (await editor.run(command, {"range": wire(marked_range), **extra}, fill))
    assert editor.document.text == expected
    assert editor.said == []


async def test_only_what_is_different_is_edited(start: Start) -> None:
    editor = await start()
    [region] = editor.open("‹a = foo(1)\nb = 2\nc = foo(3)›\n")
    fill = "a = bar(1)\nb = 2\nc = bar(3)"
    await (await editor.run(rewrite, {"range": wire(region), "strength": 0.5}, fill))
    [edits] = (editor.edits[0].edit.changes or {}).values()
    assert [(it.range.start.line, it.range.start.character, it.new_text) for it in edits] == [
        (0, 4, "bar"),
        (2, 4, "bar"),
    ]


@pytest.mark.parametrize(
    ("command", "extra", "strength", "freed", "instruction"),
    [
        (rewrite, {"strength": 0.2}, 0.2, Freed.BY_CHANCE, ""),
        (rewrite, {"instruction": "Sort it."}, 1.0, Freed.BY_CHANCE, "Sort it."),
        (repair, {}, 0.2, Freed.LEAST_LIKELY, ""),
    ],
)
async def test_the_engine_is_told_what_may_change(
    start: Start,
    command: Command,
    extra: dict[str, Any],
    strength: float,
    freed: Freed,
    instruction: str,
) -> None:
    editor = await start()
    [region] = editor.open("a\n‹ b = 1 ›\nc\n")
    await (await editor.run(command, {"range": wire(region), **extra}, "b = 2"))
    [(hole, options)] = editor.engine.asked
    assert (hole.prefix, hole.rewrite.text, hole.suffix) == ("a\n ", "b = 1", " \nc\n")
    assert (hole.rewrite.strength, hole.rewrite.freed) == (strength, freed)
    assert hole.rewrite.instruction == instruction
    assert options.deadline_ms == Settings().rewrite_deadline_ms


async def test_several_places_are_filled_together(start: Start) -> None:
    editor = await start()
    ranges = editor.open("x = ‹...› + y(‹›)\nz = ‹...›\n")
    argument = {"ranges": [wire(it) for it in reversed(ranges)]}
    await (await editor.run(fill_holes, argument, "1", "", "3"))
    [(hole, _)] = editor.engine.asked
    assert [gap.between for gap in hole.further] == [" + y(", ")\nz = "]
    assert editor.document.text == "x = 1 + y()\nz = 3\n"


@pytest.mark.parametrize(
    ("marked", "argument", "sentence"),
    [
        ("‹ab›c", {"ranges": [(0, 0, 0, 2), (0, 1, 0, 3)]}, "overlap"),
        ("‹ab›c", {"ranges": [(0, 0, 0, 1), (0, 1, 0, 3)]}, "touch"),
        ("‹ab›c", {"ranges": [(0, 0, 3, 1)]}, "There is no line 4"),
        ("‹ab›🦀", {"ranges": [(0, 0, 0, 3)]}, "in the middle of a character"),
        ("‹ab›c", {"ranges": []}, "takes a list of ranges"),
        ("‹ab›c", {"ranges": [1]}, "needs a range"),
        ("‹ab›c", {"ranges": [(0, -1, 0, 1)]}, "needs a range"),
        ("‹ab›c", {}, "needs a range"),
        ("‹ab›c", {"version": 7}, "has changed since"),
        ("‹ab›c", {"uri": "file:///b.py"}, "is not open"),
        ("‹ab›c", {"uri": 1}, "needs a uri"),
    ],
)
async def test_places_that_make_no_sense_are_answered_with_a_sentence(
    start: Start, marked: str, argument: dict[str, Any], sentence: str
) -> None:
    editor = await start()
    editor.open(marked)
    ranges = argument.get("ranges")
    if ranges:
        argument = {**argument, "ranges": [_range(it) for it in ranges]}
    with pytest.raises(JsonRpcInvalidParams, match=sentence):
        await (await editor.run(fill_holes, argument))
    assert editor.document.text == marked.replace("‹", "").replace("›", "")


@pytest.mark.parametrize(
    ("command", "extra", "marked", "settings", "sentence"),
    [
        (rewrite, {"strength": 0.2}, "‹ \n›", OTHER_MODEL, say.NOTHING_THERE),
        (repair, {}, "x\n‹›\n", OTHER_MODEL, say.NOTHING_THERE),
        (fill_holes, {}, "‹x = 1›\n", OTHER_MODEL, say.NO_PLACEHOLDERS),
        (rewrite, {}, "‹x = 1›\n", OTHER_MODEL, say.NO_INSTRUCTION),
        (rewrite, {"instruction": "Sort."}, "‹x›\n", Settings(), say.NO_INSTRUCTIONS),
    ],
)
async def test_where_there_is_nothing_to_do_the_user_is_told(
    start: Start,
    command: Command,
    extra: dict[str, Any],
    marked: str,
    settings: Settings,
    sentence: str,
) -> None:
    editor = await start(settings)
    [region] = editor.open(marked)
    await (await editor.run(command, {"range": wire(region), **extra}))
    assert editor.said == [f"mezzotint: {sentence}"]
    assert editor.engine.asked == []


@pytest.mark.parametrize(
    ("fill", "sentence"),
    [("", say.NOTHING_FOUND), ("x = 1", say.NOTHING_FOUND), ("  ", say.NOTHING_FOUND)],
)
async def test_a_fill_that_changes_nothing_is_no_edit(
    start: Start, fill: str, sentence: str
) -> None:
    editor = await start()
    [region] = editor.open("‹x = 1›\n")
    await (await editor.run(rewrite, {"range": wire(region), "strength": 0.2}, fill))
    assert (editor.said, editor.edits) == ([f"mezzotint: {sentence}"], [])


async def test_what_the_engine_refuses_is_told_in_its_words(start: Start) -> None:
    editor = await start()
    [region] = editor.open("‹x = 1›\n")
    task = await editor.run(rewrite, {"range": wire(region), "strength": 0.2})
    await editor.engine.is_asked(1)
    await editor.engine.fail(BadHoleError("It does not fit."))
    await task
    assert editor.said == ["mezzotint: It does not fit."]


@pytest.mark.parametrize("moment", ["while it is filled", "before the edit"])
async def test_an_edit_follows_what_is_typed_elsewhere(start: Start, moment: str) -> None:
    editor = await start()
    [region] = editor.open("a\n‹x = 1›\nb\n")
    argument = {"range": wire(region), "strength": 0.2}
    if moment == "before the edit":
        editor.makes_edits = False

        def overtake() -> None:
            editor.before_edit = lambda: setattr(editor, "makes_edits", True)
            editor.typing.type("new\na\nx = 1\nb\n")

        editor.before_edit = overtake
        await (await editor.run(rewrite, argument, "x = 2"))
        assert len(editor.edits) == 2
    else:
        task = await editor.run(rewrite, argument)
        await editor.engine.is_asked(1)
        editor.typing.type("new\na\nx = 1\nb\n")
        await editor.engine.end("x = 2")
        await task
    assert editor.document.text == "new\na\nx = 2\nb\n"
    assert editor.said == []


async def test_who_types_into_the_place_keeps_what_is_typed(start: Start) -> None:
    editor = await start()
    [region] = editor.open("a\n‹x = 1›\nb\n")
    task = await editor.run(rewrite, {"range": wire(region), "strength": 0.2})
    await editor.engine.is_asked(1)
    editor.typing.type("a\nx = 12\nb\n")
    editor.typing.type("a\nx + = 12\nb\n")
    await task
    assert editor.engine.stopped == 1
    assert editor.said == [f"mezzotint: {say.CHANGED_MEANWHILE}"]
    assert editor.edits == []


async def test_an_edit_that_is_always_overtaken_is_given_up(start: Start) -> None:
    editor = await start()
    [region] = editor.open("a\n‹x = 1›\nb\n")
    editor.makes_edits = False
    editor.before_edit = lambda: editor.typing.type(f"new\n{editor.document.text}")
    await (await editor.run(rewrite, {"range": wire(region), "strength": 0.2}, "x = 2"))
    assert editor.said == [f"mezzotint: {say.CHANGED_MEANWHILE}"]
    assert len(editor.edits) == 3


@pytest.mark.parametrize(
    ("makes_edits", "says_applied", "then", "told"),
    [
        (True, True, None, "A rewriting was applied."),
        (False, True, "y = 1\n", "A rewriting was turned down."),
        (False, False, "y = 1\n", "A rewriting was turned down."),
    ],
)
async def test_whether_an_edit_was_made_the_following_change_tells(
    start: Start,
    caplog: pytest.LogCaptureFixture,
    makes_edits: bool,
    says_applied: bool,
    then: str | None,
    told: str,
) -> None:
    caplog.set_level("INFO", "mezzotint_server.rewriting.running")
    editor = await start()
    [region] = editor.open("‹x = 1›\n")
    editor.makes_edits, editor.says_applied = makes_edits, says_applied
    editor.answers_first = True
    await (await editor.run(rewrite, {"range": wire(region), "strength": 0.2}, "x = 2"))
    assert told not in caplog.messages
    if then is not None:
        editor.typing.type("x = 1\n" + then)
    async with asyncio.timeout(60):
        while told not in caplog.messages:  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0.001)
    assert sum(message.startswith("A rewriting") for message in caplog.messages) == 1
    assert editor.said == []


async def test_a_newer_rewriting_takes_the_place_of_the_older(start: Start) -> None:
    editor = await start()
    first, second = editor.open("‹a = 1›\n‹b = 1›\n")
    older = await editor.run(rewrite, {"range": wire(first), "strength": 0.2})
    await editor.engine.is_asked(1)
    newer = await editor.run(rewrite, {"range": wire(second), "strength": 0.2})
    await editor.engine.is_asked(2)
    await editor.engine.end("b = 2")
    await asyncio.gather(older, newer)
    assert editor.engine.stopped == 1
    assert editor.document.text == "a = 1\nb = 2\n"
    assert editor.said == []


async def test_who_cancels_the_request_stops_the_engine(start: Start) -> None:
    editor = await start()
    [region] = editor.open("‹x = 1›\n")
    task = await editor.run(rewrite, {"range": wire(region), "strength": 0.2})
    await editor.engine.is_asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert editor.engine.stopped == 1
    assert (editor.said, editor.edits) == ([], [])


async def test_a_document_that_is_closed_is_left_alone(start: Start) -> None:
    editor = await start()
    [region] = editor.open("‹x = 1›\n")
    task = await editor.run(rewrite, {"range": wire(region), "strength": 0.2})
    await editor.engine.is_asked(1)
    editor.typing.close()
    await task
    assert editor.engine.stopped == 1
    assert (editor.said, editor.edits) == ([], [])


def wire(marked: types.Range) -> dict[str, Any]:
    start, end = marked.start, marked.end
    return _range((start.line, start.character, end.line, end.character))


def _range(numbers: Any) -> Any:
    match numbers:
        case (int(line), int(character), int(last), int(end)):
            return {
                "start": {"line": line, "character": character},
                "end": {"line": last, "character": end},
            }
        case _:
            return numbers


def _position(before: str) -> types.Position:
    text = re.sub("[‹›]", "", before)
    line = text.rpartition("\n")[2]
    return types.Position(text.count("\n"), len(line.encode("utf-16-le")) // 2)


async def _awaited(work: Awaitable[None]) -> None:
    await work
