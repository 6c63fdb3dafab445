"""Everything that is measured of one plan, and of transformers' own way beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from mezzotint_infill.benchmark_gpu.clock import Memory, Meter, Times, device_times, wall_times
from mezzotint_infill.benchmark_gpu.source import Made
from mezzotint_infill.benchmark_gpu.work import STEPS, Suggestions, prompt_of, step_of
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.passes import Passes
from mezzotint_infill.prefix_cache import PrefixCache

BUCKETS = (32, 64, 96, 128, 256)
PROMPT = 2048
TYPED = 8
FEW_STEPS = 2
"""Two lengths of ``generate`` tell what a step takes, whatever comes before the first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is measured."""

    context: int
    """Tokens that there is room for in the prefix cache."""
    repeats: int
    on_part: Callable[[str], object]
    """Hears what was measured, part by part."""

    @property
    def prompt(self) -> int:
        """Tokens of the usual prompt."""
        return min(PROMPT, self.context // 2)


@dataclass(frozen=True, slots=True)
class Encoding:
    """Prompts, read by the encoder."""

    tokens: int
    cold: Times
    typed: int
    typed_at_best: Times
    """Typed on where a stride begins: only they are read."""
    typed_at_worst: Times
    """Typed on where a stride ends: all of it is read again."""
    whole_context: Times


@dataclass(frozen=True, slots=True)
class OfPlan:
    """One plan's figures."""

    plan: MemoryPlan
    load_ms: float
    is_packed: bool
    """Whether the network was read from a packed file, as an engine's start reads it."""
    recorded: int
    """Passes that run as CUDA graphs."""
    memory: Memory | None
    steps: tuple[tuple[int, Times], ...]
    """For each bucket of positions."""
    encoding: Encoding
    one_canvas: Times
    """A suggestion of ten steps over one canvas of 64 positions."""
    surveyed: Times
    """One of ten steps as a hole within a line is filled."""


def measure(plan: MemoryPlan, made: Made, device: torch.device, asked: Asked) -> OfPlan:
    """Build a plan's network, measure, and let go of it."""
    meter = Meter(device)
    built: list[Any] = []
    load = wall_times([lambda: built.append(made.build())], device)
    asked.on_part(f"{plan.name}: loaded in {load.p50 / 1000:.1f} s")
    passes = Passes(built.pop())
    passes.use_kernels()
    # A pass whose weights come while it goes on cannot be recorded.
    recorded = passes.settle(asked.context, may_record=not plan.is_streamed)
    asked.on_part(f"{plan.name}: {recorded} passes recorded as CUDA graphs")
    meter.look()
    encoding, prefix = _encoding(passes, asked)
    meter.look()
    asked.on_part(f"{plan.name}: {asked.prompt} tokens read in {encoding.cold.p50:.1f} ms")
    steps: list[tuple[int, Times]] = []
    for positions in BUCKETS:
        step = step_of(passes, prefix, positions)
        steps.append((positions, device_times(step, asked.repeats, device)))
        asked.on_part(f"{plan.name}: {positions} positions, {steps[-1][1].p50:.2f} ms a step")
    meter.look()
    suggestions = Suggestions(passes, prompt_of(asked.prompt, passes.vocabulary), prefix)
    one, surveyed = (
        wall_times([partial(make, TYPED, number) for number in range(asked.repeats + 1)], device)
        for make in (suggestions.one, suggestions.surveyed)
    )
    # The first is where whatever is compiled at the first use is compiled.
    one, surveyed = Times(one.ms[1:]), Times(surveyed.ms[1:])
    asked.on_part(f"{plan.name}: a suggestion of {STEPS} steps in {one.p50:.1f} ms")
    return OfPlan(
        plan,
        load.p50,
        made.is_packed,
        recorded,
        meter.memory(),
        tuple(steps),
        encoding,
        one,
        surveyed,
    )


def generate_step(stock: Any, positions: int, device: torch.device, asked: Asked) -> Times:
    """A step of transformers' ``generate`` over one canvas of so many positions, in bfloat16."""
    stock.config.canvas_length = positions
    vocabulary = stock.config.get_text_config().vocab_size
    prompt = torch.tensor([prompt_of(asked.prompt, vocabulary)], device=device)

    def generated(steps: int) -> Times:
        def work() -> None:
            stock.generate(
                prompt,
                max_new_tokens=positions,
                max_denoising_steps=steps,
                confidence_threshold=1e-9,
            )

        work()
        return wall_times([work] * max(3, asked.repeats // 4), device)

    few, many = generated(FEW_STEPS), generated(STEPS)
    took = [(late - few.p50) / (STEPS - FEW_STEPS) for late in many.ms]
    asked.on_part(f"generate: {positions} positions, {Times(tuple(took)).p50:.2f} ms a step")
    return Times(tuple(took))


def _encoding(passes: Passes, asked: Asked) -> tuple[Encoding, PrefixCache]:
    device, vocabulary = passes.device, passes.vocabulary
    last: list[PrefixCache | None] = [None]
    prompt = prompt_of(asked.prompt // passes.stride * passes.stride or asked.prompt, vocabulary)
    late = [*prompt, *prompt_of(passes.stride - TYPED, vocabulary, seed=1)]

    def read(tokens: list[int]) -> None:
        last[0] = passes.read(tokens, last[0])

    def typed(before: list[int], number: int) -> Times:
        read(before)
        new = prompt_of(TYPED, vocabulary, seed=2 + number)
        return wall_times([lambda: read([*before, *new])], device)

    def cold(length: int, number: int) -> Times:
        other = prompt_of(length, vocabulary, seed=1000 + number)
        return wall_times([lambda: read(other)], device)

    def several(once: Callable[[int], Times], count: int) -> Times:
        once(count)  # whatever is compiled at the first use is compiled
        return Times(tuple(once(number).p50 for number in range(count)))

    few = max(1, asked.repeats // 10)
    encoding = Encoding(
        asked.prompt,
        several(partial(cold, asked.prompt), asked.repeats),
        TYPED,
        several(partial(typed, prompt), asked.repeats),
        several(partial(typed, late), asked.repeats),
        several(partial(cold, asked.context), few),
    )
    return encoding, passes.read(prompt_of(asked.prompt, vocabulary), last[0])
