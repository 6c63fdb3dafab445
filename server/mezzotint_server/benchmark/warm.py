"""Suggestions in an editor: a real language server, a real engine, one request after another."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mezzotint_infill.engine.address import RUNTIME_VARIABLE
from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_server.benchmark.editor import end_of
from mezzotint_server.benchmark.waits import Waits
from mezzotint_server.feedback import READY

LOADED_WITHIN_S = 600.0
WARM_UP = 2
"""Requests that are not counted: the first ones find caches empty that later ones do not."""
IDLE_MINUTES = "0.25"
"""The engine of a benchmark is nobody else's and leaves soon."""


def warm_requests(
    cuts: Sequence[Cut], model: str, *, on_answer: Callable[[], object] = lambda: None
) -> tuple[Waits, int]:
    """How long each suggestion took, and how many of the answers had one."""
    with tempfile.TemporaryDirectory(prefix="mezzotint-bench-") as folder:
        environment = {**os.environ, RUNTIME_VARIABLE: folder}
        return asyncio.run(_warm_requests(cuts, model, environment, on_answer))


async def _warm_requests(
    cuts: Sequence[Cut],
    model: str,
    environment: dict[str, str],
    on_answer: Callable[[], object],
) -> tuple[Waits, int]:
    answers: list[tuple[float, bool]] = []
    async with _editor(model, environment) as editor:
        for cut in cuts[:WARM_UP]:
            # Another place than the one that is measured: the server knows what it was asked.
            await _suggestion(editor, replace(cut, prefix=f"{cut.prefix} "), "warm-up")
        for number, cut in enumerate(cuts):
            answers.append(await _suggestion(editor, cut, str(number)))
            on_answer()
    return Waits(tuple(ms for ms, _ in answers)), sum(has_text for _, has_text in answers)


@asynccontextmanager
async def _editor(model: str, environment: dict[str, str]) -> AsyncGenerator[LanguageClient]:
    """An editor with a server of its own whose model is loaded."""
    editor = LanguageClient("mezzotint-bench", "1")
    ready = _readiness(editor)
    options = ["--model", model, "--idle-minutes", IDLE_MINUTES]
    await editor.start_io(
        sys.executable, "-m", "mezzotint_server", "serve", *options, env=environment
    )
    try:
        window = types.WindowClientCapabilities(work_done_progress=True)
        await editor.initialize_async(
            types.InitializeParams(types.ClientCapabilities(window=window))
        )
        editor.initialized(types.InitializedParams())
        await _loaded(ready)
        yield editor
    finally:
        # Without these the server stays, and ``stop`` waits for it.
        await editor.shutdown_async(None)
        editor.exit(None)
        await editor.stop()


def _readiness(editor: LanguageClient) -> "asyncio.Future[str]":
    """The words with which the server ends its progress: the model is loaded, or is not."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def agree(_: types.WorkDoneProgressCreateParams) -> None:
        return None

    def follow(params: types.ProgressParams) -> None:
        match params.value:
            case {"kind": "end", "message": str(message)} if not ready.done():
                ready.set_result(message)
            case _:
                pass

    editor.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)(agree)
    editor.feature(types.PROGRESS)(follow)
    return ready


async def _loaded(ready: "asyncio.Future[str]") -> None:
    try:
        message = await asyncio.wait_for(ready, LOADED_WITHIN_S)
    except TimeoutError as error:
        raise EngineUnavailableError("The engine did not load its model in time.") from error
    if message != READY:
        raise EngineUnavailableError(f"The engine could not load its model: {message}")


async def _suggestion(editor: LanguageClient, cut: Cut, name: str) -> tuple[float, bool]:
    """Open a file with the hole in it and ask there, as an editor does that types."""
    uri = f"file:///bench/{name}.py"
    position = types.Position(**end_of(cut.prefix))
    document = types.TextDocumentItem(uri, "python", 1, cut.prefix + cut.suffix)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(document))
    identifier = types.TextDocumentIdentifier(uri)
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    started = time.perf_counter()
    answer = await editor.text_document_inline_completion_async(
        types.InlineCompletionParams(context, identifier, position)
    )
    wait_ms = (time.perf_counter() - started) * 1000
    editor.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
    items = answer.items if isinstance(answer, types.InlineCompletionList) else answer or []
    return wait_ms, bool(items)
