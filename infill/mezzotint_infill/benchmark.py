"""How long a fill takes against the same checkpoint's own ``generate``, place by place.

Both get the same prefix and the same suffix. ``generate`` has no holes: it gets the suffix in its
prompt and writes one canvas. Measures time only; how good a fill is, ``evaluation`` knows.
"""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import torch

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.evaluation.cuts import Cut
from mezzotint_infill.filler import Filler
from mezzotint_infill.hole import Hole
from mezzotint_infill.model import Model, load_model, load_stock
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prompt import Shape

CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same holes, filled by both."""

    ours_ms: tuple[float, ...]
    theirs_ms: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of ours over the median of theirs; below 1 is faster."""
        return median(self.ours_ms) / median(self.theirs_ms)


@dataclass(frozen=True, slots=True)
class Machine:
    """What the numbers were measured on, and with."""

    cpu: str
    device: str
    threads: int
    versions: dict[str, str]


def compare_with_generate(
    cuts: Sequence[Cut],
    name: str,
    *,
    seed: int = 0,
    on_place: Callable[[], object] = lambda: None,
) -> tuple[Comparison, Machine]:
    """Fill every hole with ours and with theirs, in turns, so that both see the same machine.

    Raises :class:`~mezzotint_infill.errors.ModelError`.
    """
    model = load_model(name)
    filler, stock = Filler(model), load_stock(name, model.device)
    _ours(filler, cuts[0].hole, seed)
    _theirs(stock, filler, cuts[0].hole, seed)
    ours: list[float] = []
    theirs: list[float] = []
    for cut in cuts:
        ours.append(_timed(lambda hole=cut.hole: _ours(filler, hole, seed)))
        theirs.append(_timed(lambda hole=cut.hole: _theirs(stock, filler, hole, seed)))
        on_place()
    return Comparison(tuple(ours), tuple(theirs)), _machine(model)


def _ours(filler: Filler, hole: Hole, seed: int) -> None:
    filler.fill(hole, InfillOptions(seed=seed), Cancellation(), None)


def _theirs(stock: Any, filler: Filler, hole: Hole, seed: int) -> None:
    torch.manual_seed(seed)
    prompt = torch.tensor([_prompt_with_suffix(filler, hole)], device=stock.device)
    stock.generate(prompt, max_new_tokens=filler.model.canvas_length)


def _prompt_with_suffix(filler: Filler, hole: Hole) -> list[int]:
    """All that ours sees, in front of the reply: the suffix first, the prefix where it goes on."""
    model, prompt = filler.model, filler.prompt(hole)
    before, after = model.encode(prompt.text_before), model.encode(prompt.seams.after)
    if model.grammar.shape is Shape.CHAT:
        return [*prompt.encoded, *before]
    return [prompt.encoded[0], *after, *prompt.suffix, *prompt.encoded[1:], *before]


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _machine(model: Model) -> Machine:
    return Machine(
        cpu=_cpu(),
        device=str(model.device),
        threads=torch.get_num_threads(),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("mezzotint", "torch", "transformers")},
        },
    )


def _cpu() -> str:
    """Its name as it says itself; Python knows no more than the architecture on Linux."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
