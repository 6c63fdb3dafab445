"""Reading a prompt ahead of its fill, in this process: what a fill is spared, and what it waits for."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mezzotint_infill.hole import Fill, Gap, Hole, HoleKind, Rewrite
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prefix_cache import WritingPass

STRIDE = 8
CODE = "def add(left, right):\n    return left + right\n\n\n"
HOLE = Hole(3 * CODE + "def sub(left, right):\n    retu", "\n", kind=HoleKind.REST_OF_LINE)
OPTIONS = InfillOptions(length=3, steps=2)


class Encoder:
    """What the encoder of one infiller reads of prompts, in tokens a pass; it can be held up."""

    def __init__(self, infiller: LocalInfiller) -> None:
        self.read: list[int] = []
        self.before_pass: Callable[[], object] = lambda: None
        model: Any = infiller._filler.model  # pyright: ignore  # noqa: PGH003 - nothing else tells
        model.stride = STRIDE
        layers = model.network.model.encoder.language_model
        layers.register_forward_pre_hook(self._look, with_kwargs=True)

    def _look(self, _module: object, _inputs: object, named: dict[str, Any]) -> None:
        if isinstance(named["past_key_values"], WritingPass):
            self.read.append(named["input_ids"].shape[1])
            self.before_pass()


@pytest.fixture
def infiller(tiny_checkpoint: Path) -> LocalInfiller:
    made = LocalInfiller(str(tiny_checkpoint), "cpu")
    made.load()
    return made


@pytest.fixture
def encoder(infiller: LocalInfiller) -> Encoder:
    return Encoder(infiller)


@pytest.fixture
def expected(tiny_checkpoint: Path) -> Fill:
    """What nothing was read ahead for."""
    alone = LocalInfiller(str(tiny_checkpoint), "cpu")
    alone.load()
    Encoder(alone)
    return alone.fill_now(HOLE, OPTIONS)


async def test_a_fill_after_it_reads_nothing_and_is_the_same(
    infiller: LocalInfiller, encoder: Encoder, expected: Fill
):
    await infiller.read_ahead(HOLE)
    assert len(encoder.read) > 3
    encoder.read.clear()
    fill = await infiller.fill(HOLE, OPTIONS)
    assert encoder.read == []
    assert replace(fill, ms=expected.ms) == expected


async def test_a_fill_some_keys_later_reads_a_stride_or_two(
    infiller: LocalInfiller, encoder: Encoder, expected: Fill
):
    await infiller.read_ahead(replace(HOLE, prefix=HOLE.prefix.removesuffix("    retu")))
    encoder.read.clear()
    fill = await infiller.fill(HOLE, OPTIONS)
    assert 0 < len(encoder.read) <= 2
    assert replace(fill, ms=expected.ms) == expected


@pytest.mark.parametrize("in_task", [True, False])
async def test_a_fill_waits_for_one_stride_and_goes_on_from_there(
    infiller: LocalInfiller, encoder: Encoder, expected: Fill, in_task: bool
):
    has_begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        has_begun.set()
        go_on.wait()

    encoder.before_pass = hold
    reading = asyncio.create_task(infiller.read_ahead(HOLE))
    await asyncio.to_thread(has_begun.wait)
    if in_task:
        filling = asyncio.create_task(infiller.fill(HOLE, OPTIONS))
    else:
        filling = asyncio.create_task(asyncio.to_thread(infiller.fill_now, HOLE, OPTIONS))
    try:
        async with asyncio.timeout(10):
            while not infiller._ahead.is_cancelled:  # noqa: ASYNC110  # pyright: ignore[reportPrivateUsage] - nothing else tells
                await asyncio.sleep(0.001)
    finally:
        go_on.set()
    await reading
    fill = await filling
    whole = len(encoder.read)
    encoder.read.clear()
    await infiller.read_ahead(Hole("", ""))
    await infiller.read_ahead(HOLE)
    assert len(encoder.read) - 1 == whole
    assert replace(fill, ms=expected.ms) == expected


async def test_a_newer_one_makes_it_void(infiller: LocalInfiller, encoder: Encoder):
    has_begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        has_begun.set()
        go_on.wait()

    encoder.before_pass = hold
    older = asyncio.create_task(infiller.read_ahead(HOLE))
    await asyncio.to_thread(has_begun.wait)
    newer = asyncio.create_task(infiller.read_ahead(Hole("", "")))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(older, newer)
    assert encoder.read == [STRIDE, 1]


async def test_cancelling_the_task_cuts_it_off(infiller: LocalInfiller, encoder: Encoder):
    loop = asyncio.get_running_loop()
    has_ended = threading.Event()
    reading = asyncio.create_task(infiller.read_ahead(HOLE))

    def cancel() -> None:
        loop.call_soon_threadsafe(reading.cancel)
        has_ended.wait()

    encoder.before_pass = cancel
    with pytest.raises(asyncio.CancelledError):
        await reading
    is_cut_off = infiller._ahead.is_cancelled  # pyright: ignore[reportPrivateUsage] - nothing else tells
    has_ended.set()
    encoder.before_pass = lambda: None
    await infiller.read_ahead(Hole("", ""))
    assert is_cut_off
    assert encoder.read == [STRIDE, 1]


async def test_it_loads_no_model(tiny_checkpoint: Path):
    infiller = LocalInfiller(str(tiny_checkpoint), "cpu")
    before = await infiller.state()
    await infiller.read_ahead(HOLE)
    assert await infiller.state() == before


@pytest.mark.parametrize(
    "hole",
    [
        Hole("x = '\ud83d'", ""),
        Hole("x = ", "\n", rewrite=Rewrite("1", 1.0)),
        Hole("x = ", "\n", further=(Gap("\ny = "),)),
    ],
    ids=["no text", "rewrite", "several gaps"],
)
async def test_what_is_not_typed_at_is_not_read(
    infiller: LocalInfiller, encoder: Encoder, hole: Hole
):
    await infiller.read_ahead(hole)
    assert encoder.read == []


async def test_what_fails_is_the_fills_to_tell(
    infiller: LocalInfiller, encoder: Encoder, expected: Fill
):
    def fail() -> None:
        raise ZeroDivisionError

    encoder.before_pass = fail
    await infiller.read_ahead(HOLE)
    encoder.before_pass = lambda: None
    fill = await infiller.fill(HOLE, OPTIONS)
    assert replace(fill, ms=expected.ms) == expected


async def test_a_block_is_read_with_the_indentation_that_it_begins_with(
    infiller: LocalInfiller, encoder: Encoder
):
    block = Hole("def f(x):", "\n", kind=HoleKind.BLOCK, indent="    ")
    await infiller.read_ahead(block)
    encoder.read.clear()
    await infiller.fill(block, OPTIONS)
    assert encoder.read == []
