"""The pieces of work that are timed: a prompt, a step over one canvas, a whole suggestion."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from mezzotint_infill.behind import Behind
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas
from mezzotint_infill.chance import ChanceOfEach
from mezzotint_infill.denoise import Schedule, Step, denoise
from mezzotint_infill.length import WITHIN_LINE
from mezzotint_infill.passes import Passes
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.under_way import Rules, UnderWay

STEPS = 10
FINALISTS = 4
TEMPERATURE = 0.6
ENTROPY_BOUND = 0.1
NEVER = 1e-9
"""A confidence that no draft of random weights reaches: every step is done."""


def prompt_of(length: int, vocabulary: int, seed: int = 0) -> list[int]:
    """Tokens of no meaning."""
    chance = torch.Generator().manual_seed(seed)
    tokens: Any = torch.randint(vocabulary, (length,), generator=chance)
    return tokens.tolist()


def canvas_of(free: Sequence[int], size: int, vocabulary: int) -> Canvas:
    """Candidates with so many free positions each, behind a quarter that is pinned."""
    first, most = size // 4, max(free)
    places, ranks, counts = torch.arange(size), torch.arange(most), torch.tensor(free)[:, None]
    is_slot = ranks < counts
    tokens = torch.tensor([prompt_of(size, vocabulary, row) for row in range(len(free))])
    is_free = (places >= first) & (places < first + counts)
    return Canvas(
        tokens, is_free, (ranks + first) * is_slot, is_slot, torch.zeros_like(is_slot).long()
    )


@torch.inference_mode()
def step_of(passes: Passes, prefix: PrefixCache, positions: int) -> Callable[[], object]:
    """Takes one step more over one canvas, of which half is free, each time it is called."""
    canvas = canvas_of([positions // 2], positions, passes.vocabulary)
    rules = Rules(_nothing(passes), ENTROPY_BOUND, NEVER, NEVER)
    under_way = UnderWay(Behind(passes, prefix), canvas, rules, _chance(passes, canvas))
    return torch.inference_mode()(lambda: under_way.advance((0,), TEMPERATURE))


class Suggestions:
    """Suggestions after a few typed tokens each, behind a prompt that is read already."""

    def __init__(self, passes: Passes, prompt: Sequence[int], before: PrefixCache) -> None:
        self._passes, self._prompt = passes, list(prompt)
        self._last = before

    def one(self, typed: int, number: int, positions: int = 64) -> None:
        """One canvas of so many positions, half of them free."""
        prefix = self._read(typed, number)
        canvas = canvas_of([positions // 2], positions, self._passes.vocabulary)
        self._denoise(prefix, canvas, lambda _: None, survey=0)

    def surveyed(self, typed: int, number: int, positions: int = 32) -> None:
        """As a hole within a line is filled: all lengths for a step, then the best, judged again."""
        prefix, passes = self._read(typed, number), self._passes
        canvas = canvas_of(WITHIN_LINE, positions, passes.vocabulary)

        def listen(step: Step) -> Tensor | None:
            if step.number != 1:
                return None
            scores = torch.tensor(passes.log_likelihoods(prefix, _texts(step, canvas)))
            kept = torch.zeros(len(scores), dtype=torch.bool)
            kept[scores.topk(FINALISTS).indices] = True
            return kept

        last = self._denoise(prefix, canvas, listen, survey=1)
        texts = [
            text for text, out in zip(_texts(last, canvas), last.is_out, strict=True) if not out
        ]
        passes.log_likelihoods(prefix, texts)

    def _read(self, typed: int, number: int) -> PrefixCache:
        new = prompt_of(typed, self._passes.vocabulary, 1 + number)
        self._last = self._passes.read([*self._prompt, *new], self._last)
        return self._last

    def _denoise(
        self,
        prefix: PrefixCache,
        canvas: Canvas,
        listen: Callable[[Step], Tensor | None],
        survey: int,
    ) -> Step:
        passes = self._passes
        schedule = Schedule(
            STEPS, ENTROPY_BOUND, TEMPERATURE, TEMPERATURE, NEVER, 0, _nothing(passes),
            is_ahead=passes.device.type == "cuda", survey=survey,
        )  # fmt: skip
        behind, chance = Behind(passes, prefix), _chance(passes, canvas)
        return denoise(behind, canvas, schedule, Cancellation(), listen, chance).last


def _texts(step: Step, canvas: Canvas) -> list[list[int]]:
    best: Any = step.best
    return [best[row][canvas.is_slot[row]].tolist() for row in range(len(best))]


def _nothing(passes: Passes) -> Tensor:
    """What is forbidden: nothing."""
    return torch.zeros(4, passes.vocabulary, dtype=torch.bool, device=passes.device)


def _chance(passes: Passes, canvas: Canvas) -> ChanceOfEach:
    generator = torch.Generator(passes.device).manual_seed(0)
    return ChanceOfEach(generator, passes.vocabulary, canvas.slots.shape)
