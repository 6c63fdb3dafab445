"""The infiller of this process: one fill at a time, cancelled by its task, its state always true."""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
import torch
from torch.nn.modules.module import register_module_forward_hook

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadHoleError, FillCancelledError, UnknownModelError
from mezzotint_infill.hole import Draft, Hole, StopReason
from mezzotint_infill.infiller import EngineState, EngineStatus
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.options import InfillOptions

HOLE = Hole("def add(left, right):\n    retu", "\n\n\nclass Sum:\n    pass\n")
SHORT = InfillOptions(length=3, steps=2)
LONG = InfillOptions(length=3, steps=200, confidence_threshold=1e-9)
HALF = "x = '\ud83d'"


@pytest.fixture
def infiller(tiny_checkpoint: Path) -> LocalInfiller:
    return LocalInfiller(str(tiny_checkpoint), "cpu")


@pytest.fixture
def passes() -> Iterator[list[str]]:
    """Grows by one with every forward pass of a denoiser."""
    seen: list[str] = []

    def look(module: torch.nn.Module, _inputs: object, _output: object) -> None:
        if type(module).__name__ == "DiffusionGemmaModel":
            seen.append("pass")

    hook = register_module_forward_hook(look)
    yield seen
    hook.remove()


async def test_the_state_is_told_before_and_after_loading(infiller: LocalInfiller):
    before = await infiller.state()
    assert (before.status, before.device) == (EngineStatus.STARTING, "cpu")
    infiller.load()
    after = await infiller.state()
    assert after == EngineState(EngineStatus.READY, before.model, "cpu")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no named pipes in folders")
async def test_the_state_is_told_while_loading(tiny_checkpoint: Path, tmp_path: Path):
    """Reading a file that is a pipe takes until somebody writes into it."""
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    config = folder / "generation_config.json"
    text = config.read_text()
    config.unlink()
    os.mkfifo(config)
    infiller = LocalInfiller(str(folder), "cpu")
    loading = threading.Thread(target=infiller.load)
    loading.start()
    with config.open("w") as pipe:  # opens when the other side does
        state = await infiller.state()
        pipe.write(text)
    loading.join()
    assert state.status is EngineStatus.LOADING
    assert str(folder) in state.message
    assert (await infiller.state()).status is EngineStatus.READY


async def test_a_model_that_cannot_be_loaded_is_told_by_state_and_error(
    tiny_checkpoint: Path, tmp_path: Path
):
    infiller = LocalInfiller(str(tmp_path / "model"), "cpu")
    with pytest.raises(UnknownModelError) as caught:
        infiller.load()
    state = await infiller.state()
    assert state.status is EngineStatus.FAILED
    assert state.message == str(caught.value)
    with pytest.raises(UnknownModelError):
        await infiller.fill(HOLE, SHORT)
    shutil.copytree(tiny_checkpoint, tmp_path / "model")
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    assert (await infiller.state()).status is EngineStatus.READY


def test_many_threads_load_one_model(infiller: LocalInfiller):
    at_once = threading.Barrier(6)

    def load() -> int:
        at_once.wait()
        infiller.load()
        return id(infiller._filler)  # pyright: ignore[reportPrivateUsage] - nothing else tells

    with ThreadPoolExecutor(6) as threads:
        loaded = [future.result() for future in [threads.submit(load) for _ in range(6)]]
    assert len(set(loaded)) == 1


def test_what_is_loaded_is_not_read_again(tiny_checkpoint: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    infiller = LocalInfiller(str(folder), "cpu")
    infiller.load()
    shutil.rmtree(folder)
    infiller.load()
    assert infiller.fill_now(HOLE, SHORT).steps == 2


async def test_a_fill_in_a_task_is_the_fill_in_a_thread(infiller: LocalInfiller):
    drafts: list[tuple[int, int]] = []

    def listen(draft: Draft) -> None:
        drafts.append((draft.step, threading.get_ident()))

    told = await infiller.fill(HOLE, SHORT, on_draft=listen)
    now = infiller.fill_now(HOLE, SHORT)
    assert drafts == [(step, threading.get_ident()) for step in (0, 1, 2)]
    assert replace(told, ms=now.ms) == now
    assert now.stopped_by is StopReason.STEPS


def test_the_first_fill_loads_and_says_how_long_that_took(infiller: LocalInfiller):
    first, second = infiller.fill_now(HOLE, SHORT), infiller.fill_now(HOLE, SHORT)
    assert first.ms.load > second.ms.load
    assert first.ms.total >= first.ms.load + first.ms.denoise
    assert first.ms.denoise > 0


async def test_cancelling_the_task_ends_the_work_and_the_next_fill_works(
    infiller: LocalInfiller, passes: list[str]
):
    drafts: list[int] = []

    def listen(draft: Draft) -> None:
        drafts.append(draft.step)
        if draft.step == 3:
            task.cancel()

    task = asyncio.create_task(infiller.fill(HOLE, LONG, on_draft=listen))
    with pytest.raises(asyncio.CancelledError):
        await task
    told = len(drafts)
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    assert len(drafts) == told
    assert len(passes) < 200


def test_cancelling_is_looked_at_between_two_steps(infiller: LocalInfiller, passes: list[str]):
    cancellation = Cancellation()

    def listen(draft: Draft) -> None:
        if draft.step == 2:
            cancellation.cancel()

    with pytest.raises(FillCancelledError):
        infiller.fill_now(HOLE, LONG, on_draft=listen, cancellation=cancellation)
    assert len(passes) == 2


def test_what_was_cancelled_before_it_began_is_not_begun(
    infiller: LocalInfiller, passes: list[str]
):
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(FillCancelledError):
        infiller.fill_now(HOLE, LONG, cancellation=cancellation)
    assert passes == []


async def test_two_fills_at_once_are_run_in_order(infiller: LocalInfiller):
    drafts: list[tuple[str, int]] = []
    named = {"first": HOLE, "second": replace(HOLE, prefix=HOLE.prefix + "rn le")}
    fills = await asyncio.gather(
        *(
            infiller.fill(
                hole, SHORT, on_draft=lambda draft, name=name: drafts.append((name, draft.step))
            )
            for name, hole in named.items()
        )
    )
    assert drafts == [(name, step) for name in ("first", "second") for step in (0, 1, 2)]
    alone = [await infiller.fill(hole, SHORT) for hole in named.values()]
    assert [fill.text for fill in fills] == [fill.text for fill in alone]


async def test_a_fill_that_is_cancelled_while_it_waits_never_begins(
    infiller: LocalInfiller, passes: list[str]
):
    """The fill before it goes on when this test says so."""
    has_begun, go_on, drafts = threading.Event(), threading.Event(), list[Draft]()

    def hold(_: Draft) -> None:
        has_begun.set()
        go_on.wait()

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(infiller.fill_now, HOLE, SHORT, on_draft=hold)
        await asyncio.to_thread(has_begun.wait)
        second = asyncio.create_task(infiller.fill(HOLE, LONG, on_draft=drafts.append))
        third = asyncio.create_task(infiller.fill(HOLE, SHORT))
        fourth = asyncio.create_task(infiller.fill(HOLE, LONG, on_draft=drafts.append))
        await asyncio.sleep(0)
        second.cancel()
        fourth.cancel()
        for task in (second, fourth):
            with pytest.raises(asyncio.CancelledError):
                await task
        go_on.set()
        assert first.result().steps == (await third).steps == 2
    assert drafts == []
    assert len(passes) == 4


def test_fills_in_several_threads_are_run_one_after_the_other(infiller: LocalInfiller):
    infiller.load()
    options, at_once, order = replace(LONG, steps=20), threading.Barrier(3), list[int]()

    def fill(seed: int) -> None:
        at_once.wait()
        told = replace(options, seed=seed)
        infiller.fill_now(HOLE, told, on_draft=lambda _: order.append(seed))

    with ThreadPoolExecutor(3) as threads:
        for future in [threads.submit(fill, seed) for seed in range(3)]:
            future.result()
    assert len([seed for seed, _ in groupby(order)]) == 3
    assert len(order) == 3 * 21


@pytest.mark.parametrize("hole", [Hole(HALF, ""), Hole("", HALF)])
async def test_half_a_surrogate_pair_is_refused(infiller: LocalInfiller, hole: Hole):
    with pytest.raises(BadHoleError, match="half a surrogate pair"):
        await infiller.fill(hole, SHORT)
    with pytest.raises(BadHoleError, match="half a surrogate pair"):
        infiller.fill_now(hole, SHORT)


async def test_an_error_of_one_fill_is_none_of_the_next(infiller: LocalInfiller):
    with pytest.raises(BadHoleError, match="does not fit"):
        await infiller.fill(HOLE, replace(SHORT, length=1_000))
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    assert (await infiller.state()).status is EngineStatus.READY
