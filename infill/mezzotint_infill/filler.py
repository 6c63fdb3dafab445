"""One fill from hole to answer: prompt, prefix cache, canvases, denoising, judgement."""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import torch

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.candidates import Filling, judge, shortlist
from mezzotint_infill.canvas import FreePositions, lay_out, longest_hole
from mezzotint_infill.denoise import Denoised, Schedule, Step, denoise
from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Fill, Hole, Timing
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.length import STARTS, LengthGrid, LengthPolicy, ToldLength
from mezzotint_infill.model import Model
from mezzotint_infill.opening import opened, opening_of, with_opening
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prefix_cache import PrefixCache
from mezzotint_infill.prompt import Prompt, Shape, chat_prompt, plain_prompt
from mezzotint_infill.sampler import noise
from mezzotint_infill.score import CausalLikelihood, Remembered, Scorer

FINALISTS_A_CANDIDATE = 3
"""Of those that are finished some come out the same, and some break the code."""
SCORING_SHARE = 0.1
"""Of the time to a deadline, for what comes after denoising."""


class Filler:
    """Fills holes with one model, one after the other; remembers the last prompt's encoding."""

    def __init__(
        self,
        model: Model,
        policy: LengthPolicy | None = None,
        scorer: Scorer | None = None,
    ) -> None:
        self.model = model
        self._policy: LengthPolicy = policy or LengthGrid()
        self._scorer: Scorer = scorer or CausalLikelihood()
        self._last: PrefixCache | None = None

    def fill(
        self,
        hole: Hole,
        options: InfillOptions,
        cancellation: Cancellation,
        on_draft: DraftListener | None,
    ) -> Fill:
        """Raises :class:`BadHoleError` for a length that does not fit, ``FillCancelledError``."""
        started = monotonic()
        unopened = with_plain_line_ends(hole)
        opening = opening_of(unopened)
        plain = opened(unopened, opening)
        prompt = self.prompt(plain)
        policy = self._policy_for(options)
        lengths = self._lengths(policy, plain, prompt, options)
        prefix = self._read(prompt)
        encoded = monotonic()
        cancellation.check()
        canvas = lay_out(prompt, lengths, self.model.canvas_length).to(self.model.device)
        filling = Filling(plain, self.model, prefix, prompt, canvas, opening)
        scorer = Remembered(self._scorer)
        denoised = self._denoise(filling, scorer, policy, options, started, cancellation, on_draft)
        candidates = judge(filling, denoised.last, scorer, only_valid=options.only_valid)
        candidates = candidates[: options.candidates]
        ended = monotonic()
        tried = f" of {', '.join(map(str, lengths))}" if len(set(lengths)) > 1 else ""
        fill = Fill(
            text=candidates[0].text if candidates else "",
            candidates=tuple(candidates),
            steps=denoised.last.number,
            stopped_by=denoised.stopped_by,
            tokens=candidates[0].tokens if candidates else 0,
            length_policy=policy.name + tried,
            model=self.model.name,
            ms=Timing(
                encode=(encoded - started) * 1000,
                denoise=(ended - encoded) * 1000,
                total=(ended - started) * 1000,
            ),
        )
        return with_line_ends_of(hole, with_opening(fill, opening))

    def prompt(self, hole: Hole) -> Prompt:
        """The hole in this checkpoint's tokens."""
        model, grammar = self.model, self.model.grammar
        can_begin = model.tokens.can_begin
        if grammar.shape is Shape.CHAT:
            return chat_prompt(
                hole.prefix, hole.suffix, hole.language, model.encode, can_begin, grammar,
                context=model.context, canvas=model.canvas_length, offset=hole.offset,
                snippets=hole.snippets,
            )  # fmt: skip
        return plain_prompt(
            hole.prefix, hole.suffix, model.encode, can_begin, grammar,
            context=model.context, canvas=model.canvas_length, offset=hole.offset,
        )  # fmt: skip

    def token_count(self, hole: Hole, text: str) -> int:
        """How many free positions a text takes up in a hole."""
        return len(self.model.encode(self.prompt(with_plain_line_ends(hole)).seams.around(text)))

    @torch.inference_mode()
    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        """Nats a token on a middle's tokens when every free position is noise."""
        prompt = self.prompt(with_plain_line_ends(hole))
        around = prompt.seams.around(text)
        tokens = torch.tensor([self.model.encode(around)], device=self.model.device)
        canvas = lay_out(prompt, [tokens.shape[1]] * len(seeds), self.model.canvas_length)
        canvas = canvas.to(self.model.device)
        prefix = self._read(prompt)
        starts = [
            noise(canvas.tokens[:1].shape, self.model.vocabulary, self._generator(seed))
            for seed in seeds
        ]
        soft = self.model.embed(canvas.tokens) * ~canvas.is_free[..., None]
        free = canvas.free()
        logits = self.model.logits(prefix, canvas.pin(torch.cat(starts)), free, soft)
        wanted = tokens.expand(len(seeds), -1).reshape(-1, 1)
        # BPE may cut a whole word so that no token agrees with its pieces; the truth is allowed.
        ruled_out = self._forbidden(prompt, within_line=False)[free.edges].scatter(
            -1, wanted, False
        )
        given = torch.log_softmax(logits.masked_fill(ruled_out, -torch.inf), dim=-1)
        return -float(given.gather(-1, wanted).mean())

    def _forbidden(self, prompt: Prompt, *, within_line: bool) -> torch.Tensor:
        tokens = self.model.tokens
        everywhere = tokens.forbidden_in(within_line=within_line)
        return prompt.seams.forbidden(tokens, everywhere).to(self.model.device)

    def _policy_for(self, options: InfillOptions) -> LengthPolicy:
        if options.length is None:
            return self._policy
        return ToldLength(options.length, starts=max(STARTS, options.candidates))

    def _lengths(
        self, policy: LengthPolicy, hole: Hole, prompt: Prompt, options: InfillOptions
    ) -> tuple[int, ...]:
        longest = longest_hole(prompt, self.model.canvas_length)
        if options.length is not None and options.length > longest:
            raise BadHoleError(
                f"A hole of {options.length} tokens does not fit: "
                f"the canvas of {self.model.name} has room for {longest} here."
            )
        return policy.lengths(hole.kind, longest)

    def _read(self, prompt: Prompt) -> PrefixCache:
        self._last = self.model.read(prompt.encoded, self._last)
        return self._last

    def _denoise(
        self,
        filling: Filling,
        scorer: Scorer,
        policy: LengthPolicy,
        options: InfillOptions,
        started: float,
        cancellation: Cancellation,
        on_draft: DraftListener | None,
    ) -> Denoised:
        within_line = filling.hole.kind.is_within_line
        forbidden = self._forbidden(filling.prompt, within_line=within_line)
        schedule = _schedule(options, self.model, started, forbidden)
        finalists = max(policy.finalists, FINALISTS_A_CANDIDATE * options.candidates)

        def listen(step: Step) -> torch.Tensor | None:
            if on_draft is not None:
                on_draft(filling.draft(step))
            is_survey = step.number > 0 and step.number == policy.survey_steps
            return shortlist(filling, step, scorer, finalists) if is_survey else None

        behind = _Behind(self.model, filling.prefix)
        return denoise(behind, filling.canvas, schedule, cancellation, listen)

    def _generator(self, seed: int) -> torch.Generator:
        return torch.Generator(self.model.device).manual_seed(seed)


class _Behind:
    """The model with its prompt in place: what the loop knows of it."""

    def __init__(self, model: Model, prefix: PrefixCache) -> None:
        self.vocabulary = model.vocabulary
        self.embed, self.soften = model.embed, model.soften
        self._model, self._prefix = model, prefix

    def logits(self, canvas: torch.Tensor, free: FreePositions, soft: torch.Tensor) -> torch.Tensor:
        return self._model.logits(self._prefix, canvas, free, soft)


def _schedule(
    options: InfillOptions, model: Model, started: float, forbidden: torch.Tensor
) -> Schedule:
    own = model.defaults
    limit = options.deadline_ms
    return Schedule(
        steps=options.steps or own.steps,
        entropy_bound=options.entropy_bound or own.entropy_bound,
        t_max=options.t_max or own.t_max,
        t_min=options.t_min or own.t_min,
        confidence_threshold=options.confidence_threshold or own.confidence_threshold,
        seed=options.seed,
        forbidden=forbidden,
        deadline=started + limit / 1000 * (1 - SCORING_SHARE) if limit else float("inf"),
    )


def with_plain_line_ends(hole: Hole) -> Hole:
    r"""Models were trained on ``\n``."""
    if "\r" not in hole.prefix and "\r" not in hole.suffix:
        return hole
    return replace(hole, prefix=_plain(hole.prefix), suffix=_plain(hole.suffix))


def with_line_ends_of(hole: Hole, fill: Fill) -> Fill:
    r"""The fill with ``\r\n`` line ends if the file around it has them."""
    if "\r\n" not in hole.prefix and "\r\n" not in hole.suffix:
        return fill
    candidates = (replace(one, text=one.text.replace("\n", "\r\n")) for one in fill.candidates)
    return replace(fill, text=fill.text.replace("\n", "\r\n"), candidates=tuple(candidates))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
