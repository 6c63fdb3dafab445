"""One model and the prompt it has read last: what every way of filling a hole stands on.

Knows no lengths and judges nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import torch
from torch import Tensor

from mezzotint_infill.behind import Behind
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas
from mezzotint_infill.chance import Chance, ChanceOfEach
from mezzotint_infill.denoise import Denoised, Schedule, Step, denoise
from mezzotint_infill.hole import Hole, Timing
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.model import Model
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt, Shape, chat_prompt, plain_prompt
from mezzotint_infill.seams import Seams
from mezzotint_infill.tasks import task_of

SCORING_SHARE = 0.1
"""Of the time to a deadline, for what comes after denoising."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a fill is to be made, and who wants to hear of it."""

    options: InfillOptions
    cancellation: Cancellation
    on_draft: DraftListener | None
    started: float
    """On ``time.monotonic``'s clock, as the deadline."""
    deadline: float
    """When denoising is to end."""

    @classmethod
    def now(
        cls, options: InfillOptions, cancellation: Cancellation, on_draft: DraftListener | None
    ) -> "Asked":
        """The time for it begins to run."""
        started, limit = monotonic(), options.deadline_ms
        deadline = started + limit / 1000 * (1 - SCORING_SHARE) if limit else float("inf")
        return cls(options, cancellation, on_draft, started, deadline)

    @property
    def is_late(self) -> bool:
        return monotonic() >= self.deadline

    def timing(self, encoded: float) -> Timing:
        """Where the time went, now that it is over; the prompt was read at ``encoded``."""
        ended = monotonic()
        return Timing(
            encode=(encoded - self.started) * 1000,
            denoise=(ended - encoded) * 1000,
            total=(ended - self.started) * 1000,
        )


class Reader:
    """Holes as this model reads them; remembers the last prompt's encoding."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._last: PrefixCache | None = None

    def prompt(self, hole: Hole) -> Prompt:
        """The hole in this checkpoint's tokens."""
        model, grammar = self.model, self.model.grammar
        can_begin = model.tokens.can_begin
        if grammar.shape is Shape.CHAT:
            return chat_prompt(
                hole.prefix, hole.suffix, hole.language, model.encode, can_begin, grammar,
                context=model.context, canvas=model.canvas_length, offset=hole.offset,
                snippets=hole.snippets, task=task_of(hole),
            )  # fmt: skip
        return plain_prompt(
            hole.prefix, hole.suffix, model.encode, can_begin, grammar,
            context=model.context, canvas=model.canvas_length, offset=hole.offset,
        )  # fmt: skip

    def read(self, prompt: Prompt) -> PrefixCache:
        """Encode what the encoder reads of it."""
        # Reading it may fail halfway, out of memory: then there is no last one any more.
        last, self._last = self._last, None
        self._last = self.model.read(prompt.encoded, last)
        return self._last

    def read_ahead(self, prompt: Prompt, cancellation: Cancellation) -> None:
        """Encode as much of it as there is time for until it is cancelled; that is kept."""
        last, self._last = self._last, None
        self._last = self.model.read_ahead(prompt.encoded, last, lambda: cancellation.is_cancelled)

    def forbidden(self, seams: Seams, *, within_line: bool) -> Tensor:
        """Which tokens ``(4, V)`` cannot stand at a free position, by its edge."""
        tokens = self.model.tokens
        everywhere = tokens.forbidden_in(within_line=within_line)
        return seams.forbidden(tokens, everywhere).to(self.model.device)

    def schedule(self, asked: Asked, forbidden: Tensor, survey: int = 0) -> Schedule:
        """What was asked for, and what the checkpoint says where nothing was."""
        own, options = self.model.defaults, asked.options
        return Schedule(
            steps=options.steps or own.steps,
            entropy_bound=options.entropy_bound or own.entropy_bound,
            t_max=options.t_max or own.t_max,
            t_min=options.t_min or own.t_min,
            confidence_threshold=options.confidence_threshold or own.confidence_threshold,
            seed=options.seed,
            forbidden=forbidden,
            deadline=asked.deadline,
            is_ahead=self.model.device.type == "cuda",
            survey=survey,
        )

    def denoise(
        self,
        prefix: PrefixCache,
        canvas: Canvas,
        schedule: Schedule,
        cancellation: Cancellation,
        on_step: Callable[[Step], Tensor | None],
    ) -> Denoised:
        """Raises :class:`~mezzotint_infill.errors.FillCancelledError` between two steps."""
        chance: Chance | None = None
        if schedule.is_ahead:  # Who is left behind is then known a step later.
            size, generator = canvas.slots.shape, self.generator(schedule.seed)
            chance = ChanceOfEach(generator, self.model.vocabulary, size)
        behind = Behind(self.model, prefix)
        return denoise(behind, canvas, schedule, cancellation, on_step, chance)

    def generator(self, seed: int) -> torch.Generator:
        """Chance on the model's device."""
        return torch.Generator(self.model.device).manual_seed(seed)
