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
        self.error: type[RuntimeError] = torch.OutOfMemoryError
        self.words = "CUDA out of memory. Tried to allocate 2.00 GiB."

    def take(self, module: torch.nn.Module, _inputs: object) -> None:
        if type(module).__name__ == "DiffusionGemmaDecoderModel" and self.failures:
            self.failures -= 1
            raise self.error(self.words)


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


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "Triton Error [CUDA]: out of memory",
    ],
)
async def test_whoever_ran_out_of_it(mixture_checkpoint: Path, memory: Memory, words: str):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu", "fp8")
    memory.failures, memory.error, memory.words = 1, RuntimeError, words
    assert (await infiller.fill(HOLE, SHORT)).steps == 2
    assert (await infiller.state()).plan == "w4-bf16"


async def test_a_plan_that_nobody_can_wait_for_is_called_so(mixture_checkpoint: Path):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu", "stream")
    infiller.load()
    assert "suggestions take seconds" in (await infiller.state()).message


async def test_another_error_changes_no_plan(mixture_checkpoint: Path, memory: Memory):
    infiller = LocalInfiller(str(mixture_checkpoint), "cpu", "fp8")
    memory.failures, memory.error, memory.words = 1, RuntimeError, "CUDA error: illegal address"
    with pytest.raises(RuntimeError, match="illegal"):
        await infiller.fill(HOLE, SHORT)
    assert (await infiller.state()).plan == "fp8"


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
