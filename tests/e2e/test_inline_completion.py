"""``textDocument/inlineCompletion`` over standard input and output, with an engine process."""

import asyncio
from collections.abc import Awaitable, Callable

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from mezzotint_infill.infiller import EngineStatus

StartEditor = Callable[..., Awaitable[LanguageClient]]
WhenReady = Callable[[LanguageClient], Awaitable[list[str]]]
ScriptedModel = Callable[..., str]
EngineBecomes = Callable[[str, EngineStatus], Awaitable[None]]
RunningEngines = Callable[[], list[psutil.Process]]

URI = "file:///work/example.py"
SOURCE = "def add(a, b):\n    return\n\n\nprint(add(1, 2))\n"
AFTER_RETURN = types.Position(1, 10)
ANSWERS = {"return": " a + b", "s = '🦀é';": " t = s"}
PATIENCE_S = 120.0


@pytest.fixture
def slow_model(scripted_model: ScriptedModel) -> str:
    """Takes a minute for a fill that nobody stops."""
    return scripted_model(ANSWERS, steps=1200, step_s=0.05)


@pytest.fixture
def model(scripted_model: ScriptedModel) -> str:
    """Answers at once."""
    return scripted_model(ANSWERS)


def open_document(
    editor: LanguageClient, text: str = SOURCE, language: str = "python", uri: str = URI
) -> None:
    item = types.TextDocumentItem(uri, language, 1, text)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))


def change_document(editor: LanguageClient, text: str) -> None:
    document = types.VersionedTextDocumentIdentifier(2, URI)
    change = types.TextDocumentContentChangeWholeDocument(text)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))


def question(
    position: types.Position = AFTER_RETURN, uri: str = URI
) -> types.InlineCompletionParams:
    return types.InlineCompletionParams(
        types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic),
        types.TextDocumentIdentifier(uri),
        position,
    )


async def suggestions(
    editor: LanguageClient, position: types.Position = AFTER_RETURN, uri: str = URI
) -> list[str]:
    async with asyncio.timeout(PATIENCE_S):
        answer = await editor.text_document_inline_completion_async(question(position, uri))
    assert isinstance(answer, types.InlineCompletionList), "never null"
    for item in answer.items:
        assert item.range == types.Range(position, position)
    return [str(item.insert_text) for item in answer.items]


async def test_while_the_engine_starts_the_answer_is_empty_and_progress_tells_why(
    start_editor: StartEditor, when_ready: WhenReady, model: str
) -> None:
    editor = await start_editor(model=model)
    open_document(editor)
    assert await suggestions(editor) == []
    said = await when_ready(editor)
    assert said[0] == "Starting the engine; there are no suggestions yet."
    assert said[-1] == "Ready."
    assert await suggestions(editor) == [" a + b"]
    assert editor.messages == []


@pytest.mark.parametrize(
    ("client", "column"), [("visual-studio-code", len("s = 'xxx';")), ("neovim", 13)]
)
async def test_the_range_is_at_the_cursor_in_the_clients_own_units(
    start_editor: StartEditor, when_ready: WhenReady, model: str, client: str, column: int
) -> None:
    editor = await start_editor(editor=client, model=model)
    open_document(editor, "\x0c\u2028\r\ns = '🦀é';\r\nt\r\n")
    await when_ready(editor)
    assert await suggestions(editor, types.Position(1, column)) == [" t = s"]


async def test_a_language_that_the_model_does_not_know_gets_an_empty_list(
    start_editor: StartEditor, when_ready: WhenReady, model: str
) -> None:
    editor = await start_editor(model=model, languages=["python"])
    open_document(editor, language="cobol")
    await when_ready(editor)
    assert await suggestions(editor) == []


async def test_a_place_that_is_not_there_gets_an_empty_list(
    start_editor: StartEditor, when_ready: WhenReady, model: str
) -> None:
    editor = await start_editor(model=model)
    open_document(editor)
    await when_ready(editor)
    assert await suggestions(editor, uri="file:///work/never-opened.py") == []
    assert await suggestions(editor, types.Position(99, 0)) == []


async def test_a_newer_request_for_the_document_supersedes_the_one_under_way(
    start_editor: StartEditor,
    when_ready: WhenReady,
    scripted_model: ScriptedModel,
    engine_becomes: EngineBecomes,
) -> None:
    model = scripted_model(ANSWERS, steps=20, step_s=0.1)
    editor = await start_editor(model=model, deadlineMs=PATIENCE_S * 1000)
    open_document(editor)
    await when_ready(editor)
    older = asyncio.create_task(suggestions(editor))
    await engine_becomes(model, EngineStatus.BUSY)
    newer = asyncio.create_task(suggestions(editor))
    assert await older == []
    assert not newer.done()
    assert await newer == [" a + b"]


async def test_a_change_under_way_makes_the_older_answer_empty_and_frees_the_engine(
    start_editor: StartEditor,
    when_ready: WhenReady,
    slow_model: str,
    engine_becomes: EngineBecomes,
) -> None:
    editor = await start_editor(model=slow_model, deadlineMs=PATIENCE_S * 1000)
    open_document(editor)
    await when_ready(editor)
    answer = asyncio.create_task(suggestions(editor))
    await engine_becomes(slow_model, EngineStatus.BUSY)
    change_document(editor, SOURCE.replace("return", "return a"))
    assert await answer == []
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_a_cancelled_request_is_answered_as_cancelled_and_frees_the_engine(
    start_editor: StartEditor,
    when_ready: WhenReady,
    slow_model: str,
    engine_becomes: EngineBecomes,
) -> None:
    editor = await start_editor(model=slow_model, deadlineMs=PATIENCE_S * 1000)
    open_document(editor)
    await when_ready(editor)
    answer = editor.protocol.send_request(
        types.TEXT_DOCUMENT_INLINE_COMPLETION, question(), msg_id=77
    )
    await engine_becomes(slow_model, EngineStatus.BUSY)
    editor.cancel_request(types.CancelParams(77))
    with pytest.raises(JsonRpcException) as cancelled:
        await asyncio.wait_for(asyncio.wrap_future(answer), PATIENCE_S)
    assert cancelled.value.code == types.LSPErrorCodes.RequestCancelled
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_a_fill_that_is_far_over_its_deadline_is_given_up(
    start_editor: StartEditor,
    when_ready: WhenReady,
    slow_model: str,
    engine_becomes: EngineBecomes,
) -> None:
    editor = await start_editor(model=slow_model, deadlineMs=1)
    open_document(editor)
    await when_ready(editor)
    assert await suggestions(editor) == []
    await engine_becomes(slow_model, EngineStatus.READY)


async def test_an_engine_killed_between_two_requests_comes_back_for_the_second(
    start_editor: StartEditor,
    when_ready: WhenReady,
    model: str,
    running_engines: RunningEngines,
) -> None:
    editor = await start_editor(model=model)
    open_document(editor)
    await when_ready(editor)
    assert await suggestions(editor) == [" a + b"]
    [engine] = running_engines()
    engine.kill()
    psutil.wait_procs([engine])
    assert await suggestions(editor) == [" a + b"]
    [another] = running_engines()
    assert another != engine
    [message] = editor.messages
    assert "started again" in message.message


async def test_two_servers_started_at_once_share_one_engine(
    start_editor: StartEditor,
    when_ready: WhenReady,
    model: str,
    running_engines: RunningEngines,
) -> None:
    editors = await asyncio.gather(start_editor(model=model), start_editor(model=model))
    for editor in editors:
        open_document(editor)
        await when_ready(editor)
    both = await asyncio.gather(*map(suggestions, editors))
    assert both == [[" a + b"], [" a + b"]]
    assert len(running_engines()) == 1


async def test_the_engine_stays_when_its_editor_leaves(
    start_editor: StartEditor,
    when_ready: WhenReady,
    model: str,
    running_engines: RunningEngines,
) -> None:
    editor = await start_editor(model=model)
    await when_ready(editor)
    [engine] = running_engines()
    await editor.shutdown_session()
    assert running_engines() == [engine]


async def test_a_model_that_cannot_be_loaded_is_told_once_and_the_server_stays(
    start_editor: StartEditor, when_ready: WhenReady
) -> None:
    editor = await start_editor(model="scripted:/nowhere/at/all.json")
    open_document(editor)
    assert (await when_ready(editor))[-1] == "No suggestions: the engine is not ready."
    assert await suggestions(editor) == []
    assert await suggestions(editor) == []
    [message] = editor.messages
    assert "/nowhere/at/all.json" in message.message
    assert message.type is types.MessageType.Error
