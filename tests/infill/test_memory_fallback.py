"""When the memory runs out, the model comes back on the next smaller plan and says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from mezzotint_infill.errors import BadOptionsError, OutOfMemoryError
from mezzotint_infill.hole import Hole
from mezzotint_infill.infiller import EngineStatus
from mezzotint_infill.local import LocalInfiller
from mezzotint_infill.memory.plan import PLANS
from mezzotint_infill.options import InfillOptions

HOLE = Hole("def add(left, right):\n    retu", "\n\n\nclass Sum:\n    pass\n")
SHORT = InfillOptions(length=3, steps=2)


class Memory:
    """Runs out as often as it is told to, where a device's would: in a pass of the network."""

    def __init__(self) -> None:
        self.failures = 0

    def take(self, module: torch.nn.Module, _inputs: object) -> None:
        if type(module).__name__ == "DiffusionGemmaDecoderModel" and self.failures:
            self.failures -= 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory()
    hook = register_module_forward_pre_hook(memory.take)
    yield memory
    hook.remove()


async def test_the_fill_is_done_under_the_next_smaller_plan(
    mixture_checkpoint: Path, memory: Memory
):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu", "w4-bf16")
    infiller.load()
    assert (await infiller.state()).plan == "w4-bf16"
    assert not (await infiller.state()).message
    memory.failures = 1
    assert infiller.fill_now(HOLE, SHORT).steps == 2
    state = await infiller.state()
    assert (state.status, state.plan) == (EngineStatus.READY, "w4-fp8")
    assert "the plan w4-bf16: it runs under the plan w4-fp8 now" in state.message
    expected = LocalInfiller(str(mixture_checkpoint), "cpu", "w4-fp8").fill_now(HOLE, SHORT)
    assert infiller.fill_now(HOLE, SHORT).text == expected.text


async def test_exact_weights_give_way_to_a_plan(mixture_checkpoint: Path, memory: Memory):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu")
    memory.failures = 2
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    state = await infiller.state()
    assert state.plan == PLANS[2].name
    assert state.message


async def test_when_no_plan_is_small_enough_that_is_said(mixture_checkpoint: Path, memory: Memory):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu", "w4-fp8-emb8")
    memory.failures = 2
    with pytest.raises(OutOfMemoryError, match="under the plan stream, the smallest") as caught:
        await infiller.fill(HOLE, SHORT)
    state = await infiller.state()
    assert (state.status, state.message) == (EngineStatus.FAILED, str(caught.value))
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    assert (await infiller.state()).status is EngineStatus.READY


def test_a_plan_that_is_none_is_refused(tiny_checkpoint: Path):
    with pytest.raises(BadOptionsError, match="auto, bf16, fp8, .*, not int3"):
        LocalInfiller(str(tiny_checkpoint), "cpu", "int3")
