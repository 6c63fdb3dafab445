"""One fill from hole to answer: prompt, prefix cache, canvases, denoising, judgement."""

from collections.abc import Sequence
from itertools import islice
from time import monotonic

import torch

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.candidates import Filling, judge, shortlist
from mezzotint_infill.canvas import lay_out, longest_hole
from mezzotint_infill.denoise import Denoised, Step
from mezzotint_infill.errors import BadHoleError
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.length import STARTS, LengthGrid, LengthPolicy, ToldLength
from mezzotint_infill.line_ends import with_line_ends_of, with_plain_line_ends
from mezzotint_infill.model import Model
from mezzotint_infill.opening import opened, opening_of, with_opening
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.prompt_lookup import Copy, look_up
from mezzotint_infill.reader import Asked, Reader
from mezzotint_infill.rewriting import rewrite
from mezzotint_infill.sampler import noise
from mezzotint_infill.score import CausalLikelihood, Scorer
from mezzotint_infill.several import fill_together

FINALISTS_A_CANDIDATE = 3
"""Of those that are finished some come out the same, and some break the code."""

LOOKED_AT = 4
"""Times as many copies are looked at if only those of one length will do."""


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
        self._reader = Reader(model)

    def fill(
        self,
        hole: Hole,
        options: InfillOptions,
        cancellation: Cancellation,
        on_draft: DraftListener | None,
    ) -> Fill:
        """Raises :class:`BadHoleError` for a length that does not fit, ``FillCancelledError``."""
        asked = Asked.now(options, cancellation, on_draft)
        if hole.rewrite:
            return rewrite(self._reader, self._scorer, hole, asked)
        plain = with_plain_line_ends(hole)
        if hole.further:
            return with_line_ends_of(hole, self._fill_together(plain, asked))
        return with_line_ends_of(hole, self._fill_one(plain, asked))

    def read_ahead(self, hole: Hole, cancellation: Cancellation) -> None:
        """Encode what a fill of this hole begins with; of several gaps or a rewrite, nothing.

        Those are asked for by hand: nobody can know beforehand.
        """
        if hole.rewrite or hole.further:
            return
        plain = with_plain_line_ends(hole)
        prompt = self.prompt(opened(plain, opening_of(plain)))
        self._reader.read_ahead(prompt, cancellation)

    def prompt(self, hole: Hole) -> Prompt:
        """The hole in this checkpoint's tokens."""
        return self._reader.prompt(hole)

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
        prefix = self._reader.read(prompt)
        starts = [
            noise(canvas.tokens[:1].shape, self.model.vocabulary, self._reader.generator(seed))
            for seed in seeds
        ]
        soft = self.model.embed(canvas.tokens) * ~canvas.is_free[..., None]
        free = canvas.free()
        logits = self.model.logits(prefix, canvas.pin(torch.cat(starts)), free, soft)
        wanted = tokens.expand(len(seeds), -1).reshape(-1, 1)
        # BPE may cut a whole word so that no token agrees with its pieces; the truth is allowed.
        ruled_out = self._reader.forbidden(prompt.seams, within_line=False)[free.edges].scatter(
            -1, wanted, False
        )
        given = torch.log_softmax(logits.masked_fill(ruled_out, -torch.inf), dim=-1)
        return -float(given.gather(-1, wanted).mean())

    def _fill_one(self, unopened: Hole, asked: Asked) -> Fill:
        options = asked.options
        opening = opening_of(unopened)
        plain = opened(unopened, opening)
        prompt = self.prompt(plain)
        policy = self._policy_for(options)
        lengths = self._lengths(policy, plain, prompt, options)
        prefix = self._reader.read(prompt)
        encoded = monotonic()
        asked.cancellation.check()
        canvas = lay_out(prompt, lengths, self.model.canvas_length)
        copies = self._copies(plain, prompt, options)
        filling = Filling(plain, self.model, prefix, prompt, canvas, copies, opening)
        denoised = self._denoise(filling, policy, asked)
        candidates = judge(filling, denoised.last, self._scorer, only_valid=options.only_valid)
        candidates = candidates[: options.candidates]
        tried = f" of {', '.join(map(str, lengths))}" if len(set(lengths)) > 1 else ""
        fill = Fill(
            text=candidates[0].text if candidates else "",
            candidates=tuple(candidates),
            steps=denoised.last.number,
            stopped_by=denoised.stopped_by,
            tokens=candidates[0].tokens if candidates else 0,
            length_policy=policy.name + tried,
            model=self.model.name,
            ms=asked.timing(encoded),
        )
        return with_opening(fill, opening)

    def _fill_together(self, hole: Hole, asked: Asked) -> Fill:
        policy = self._policy_for(asked.options)
        return fill_together(self._reader, self._scorer, policy, hole, asked, self._fill_one)

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

    def _copies(self, hole: Hole, prompt: Prompt, options: InfillOptions) -> tuple[Copy, ...]:
        """Those of the told length, if there is one."""
        if options.length is None:
            return tuple(look_up(hole, options.lookups))
        encode, around = self.model.encode, prompt.seams.around
        found = look_up(hole, LOOKED_AT * options.lookups)
        fitting = (copy for copy in found if len(encode(around(copy.text))) == options.length)
        return tuple(islice(fitting, options.lookups))

    def _denoise(self, filling: Filling, policy: LengthPolicy, asked: Asked) -> Denoised:
        within_line = filling.hole.kind.is_within_line
        forbidden = self._reader.forbidden(filling.prompt.seams, within_line=within_line)
        schedule = self._reader.schedule(asked, forbidden, survey=policy.survey_steps)
        finalists = max(policy.finalists, FINALISTS_A_CANDIDATE * asked.options.candidates)

        def listen(step: Step) -> torch.Tensor | None:
            if asked.on_draft is not None:
                asked.on_draft(filling.draft(step))
            is_survey = step.number > 0 and step.number == policy.survey_steps
            return shortlist(filling, step, self._scorer, finalists) if is_survey else None

        return self._reader.denoise(
            filling.prefix, filling.canvas, schedule, asked.cancellation, listen
        )
