"""All gaps of a hole in one canvas, each seeing the others while they settle.

Their lengths are told by a survey: after one step, each gap's lengths are judged by their drafts,
from left to right, and the best combinations are denoised to the end.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, TypeAlias

from mezzotint_grammars.validity import gap_between
from mezzotint_infill.candidates import UNDECODABLE, surest, trimmed
from mezzotint_infill.canvas import Canvas, lay_out_middles
from mezzotint_infill.denoise import Denoised, Step
from mezzotint_infill.gaps import behind, filled, lay_gaps
from mezzotint_infill.hole import Candidate, Draft, Fill, Hole
from mezzotint_infill.length import LengthPolicy
from mezzotint_infill.reader import Asked, Reader
from mezzotint_infill.score import Scorer

FINALISTS_A_CANDIDATE = 2
TRIALS = ("", "x", "pass", "x()")
"""What simple text in every gap leaves of errors, a fill may leave, too."""

Lengths: TypeAlias = tuple[int, ...]


def fill_in_one_canvas(
    reader: Reader, scorer: Scorer, policy: LengthPolicy, hole: Hole, asked: Asked
) -> Fill:
    """Fill gaps that fit together. Raises ``FillCancelledError`` between two steps."""
    return _OneCanvas(reader, scorer, policy, hole, asked).fill()


class _OneCanvas:
    """All gaps of a hole in one canvas, under way."""

    def __init__(
        self, reader: Reader, scorer: Scorer, policy: LengthPolicy, hole: Hole, asked: Asked
    ) -> None:
        self._reader, self._scorer, self._policy = reader, scorer, policy
        self._hole, self._asked = hole, asked
        self._gaps = lay_gaps(hole, reader)
        self._prefix = reader.read(self._gaps.prompt)
        self._schedule = reader.schedule(asked, self._gaps.forbidden(reader))
        self._steps = 0

    def fill(self) -> Fill:
        """All that came out, best first."""
        encoded = monotonic()
        self._asked.cancellation.check()
        tried = lengths = self._gaps.combinations(self._policy)
        if self._policy.survey_steps:
            survey = self._denoise(lengths, steps=self._policy.survey_steps)
            lengths = self._finalists(survey.last, lengths)
        done = self._denoise(lengths, steps=self._schedule.steps)
        found = self._judged(done.last, lengths)[: self._asked.options.candidates]
        return Fill(
            text=found[0].text if found else "",
            further=found[0].further if found else ("",) * len(self._hole.further),
            candidates=tuple(found),
            steps=self._steps,
            stopped_by=done.stopped_by,
            tokens=found[0].tokens if found else 0,
            length_policy=f"{self._policy.name} of {', '.join(map(_sum, dict.fromkeys(tried)))}",
            model=self._reader.model.name,
            ms=self._asked.timing(encoded),
        )

    def _denoise(self, lengths: Sequence[Lengths], steps: int) -> Denoised:
        reader, gaps = self._reader, self._gaps
        middles = [gaps.middle(each) for each in lengths]
        canvas = lay_out_middles(gaps.prompt, middles, reader.model.canvas_length)
        tell = self._asked.on_draft

        def listen(step: Step) -> None:
            # The noise that the finalists begin with is nothing new.
            if tell is not None and (step.number or not self._steps):
                tell(self._draft(step, canvas, lengths))

        schedule = replace(self._schedule, steps=steps)
        done = reader.denoise(self._prefix, canvas, schedule, self._asked.cancellation, listen)
        self._steps += done.last.number
        return done

    def _finalists(self, step: Step, lengths: Sequence[Lengths]) -> list[Lengths]:
        """The best combination, others that differ from it in one gap, then its other noises."""
        wanted = max(self._policy.finalists, FINALISTS_A_CANDIDATE * self._asked.options.candidates)
        ranked = self._ranked_lengths(step, lengths)
        best = [each[0] for each in ranked]
        chosen = [best]
        for number, others in enumerate(ranked):
            chosen += [[*best[:number], other, *best[number + 1 :]] for other in others[1:2]]
        chosen += [best] * (wanted - len(chosen))
        return [self._gaps.fitted(each) for each in chosen[: max(wanted, len(ranked) + 1)]]

    def _ranked_lengths(self, step: Step, lengths: Sequence[Lengths]) -> list[list[int]]:
        """Each gap's lengths, best first, judged behind the best drafts of the gaps before it."""
        drafts = [self._texts(step, row, each) for row, each in enumerate(lengths)]
        ranked: list[list[int]] = []
        lead = ""
        for number, after in enumerate(self._texts_after()):
            own = replace(self._hole, prefix=self._hole.prefix + lead, suffix=after, further=())
            texts = [trimmed(own, row[number] or "") for row in drafts]
            prompt = replace(self._gaps.prompt, text_after=after)
            scores = self._scorer.scores(
                self._reader.model, self._prefix, prompt, [lead + text for text in texts]
            )
            order = sorted(range(len(texts)), key=lambda row: -scores[row])
            ranked.append(list(dict.fromkeys(lengths[row][number] for row in order)))
            if number < len(self._hole.further):
                lead += texts[order[0]] + self._hole.further[number].between
        return ranked

    def _judged(self, step: Step, lengths: Sequence[Lengths]) -> list[Candidate]:
        """All different fills, best first: those that fit the code around them, by score."""
        sizes: dict[tuple[str, ...], int] = {}
        for row, each in enumerate(lengths):
            texts = self._trimmed(self._texts(step, row, each))
            if any(text.strip() for text in texts) and not any(UNDECODABLE in t for t in texts):
                sizes[texts] = min(sum(each), sizes.get(texts, sum(each)))
        gap = gap_between(self._hole.prefix, self._hole.suffix, self._hole.language)
        whole = {texts: filled(self._hole, texts) for texts in sizes}
        errors = {texts: gap.errors(whole[texts]) for texts in sizes}
        least = min(errors.values(), default=0)
        if least > 0:
            trials = (filled(self._hole, (text,) * len(self._gaps.kinds)) for text in TRIALS)
            least = min(least, *map(gap.errors, trials))
        kept = [t for t in sizes if errors[t] <= least or not self._asked.options.only_valid]
        scores = self._scorer.scores(
            self._reader.model, self._prefix, self._gaps.prompt, [whole[texts] for texts in kept]
        )
        found = [
            Candidate(texts[0], score, sizes[texts], texts[1:])
            for texts, score in zip(kept, scores, strict=True)
        ]

        def rank(candidate: Candidate) -> tuple[bool, bool, float]:
            texts = (candidate.text, *candidate.further)
            what = gap.validity(whole[texts])
            return errors[texts] > least, bool(what.twice or what.unknown), -candidate.score

        return sorted(found, key=rank)

    def _texts(self, step: Step, row: int, lengths: Lengths) -> list[str | None]:
        tokens: Any = step.best[row][: sum(lengths)]
        return self._gaps.texts(tokens.tolist(), lengths, self._reader)

    def _trimmed(self, texts: Sequence[str | None]) -> tuple[str, ...]:
        """Each text's own part, told from left to right; what follows has not been trimmed yet."""
        kept: list[str] = []
        for number, text in enumerate(texts):
            left = behind(self._hole, kept)
            others = [*(other or "" for other in texts[number + 1 :])]
            after = filled(left, ["", *others]) + self._hole.suffix
            own = replace(left, suffix=after, further=())
            kept.append(trimmed(own, text or ""))
        return tuple(kept)

    def _texts_after(self) -> list[str]:
        """What follows each gap, up to the next one."""
        return [*(gap.between for gap in self._hole.further), self._gaps.prompt.text_after]

    def _draft(self, step: Step, canvas: Canvas, lengths: Sequence[Lengths]) -> Draft:
        """The combination that is surest so far."""
        best = surest(step, canvas)
        first, *others = self._gaps.pieces(
            best.tokens, best.certainties, lengths[best.row], self._reader
        )
        return Draft(self._steps + step.number, first, tuple(others))


def _sum(lengths: Lengths) -> str:
    return "+".join(map(str, lengths))
