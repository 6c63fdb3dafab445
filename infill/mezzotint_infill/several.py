"""Several gaps of a hole filled in as few canvases as they fit in.

Consecutive ones, the gaps to come left empty and all else pinned; most often it is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TypeAlias

from mezzotint_infill.gaps import SHARE, behind, lay_gaps
from mezzotint_infill.hole import Candidate, Draft, Fill, Hole, Piece, StopReason, Timing
from mezzotint_infill.length import LengthPolicy
from mezzotint_infill.one_canvas import fill_in_one_canvas
from mezzotint_infill.reader import Asked, Reader
from mezzotint_infill.score import Scorer

FillOne: TypeAlias = Callable[[Hole, Asked], Fill]


def fill_together(
    reader: Reader,
    scorer: Scorer,
    policy: LengthPolicy,
    hole: Hole,
    asked: Asked,
    fill_one: FillOne,
) -> Fill:
    """Fill all gaps of a hole, in as few canvases as they fit in."""
    parts: list[Fill] = []
    texts: list[str] = []
    while len(texts) <= len(hole.further):
        some = _as_many_as_fit(behind(hole, texts), reader, asked)
        is_all = len(some.further) == len(hole.further)
        own = asked if is_all else _for_a_part(asked, hole, tuple(texts), parts)
        if some.further:
            part = fill_in_one_canvas(reader, scorer, policy, some, own)
        else:
            part = fill_one(some, own)
        parts.append(part)
        texts += (part.text, *(part.further or ("",) * len(some.further)))
    return parts[0] if len(parts) == 1 else _joined(parts, texts)


def _as_many_as_fit(hole: Hole, reader: Reader, asked: Asked) -> Hole:
    """The first gaps that fit one canvas, one at least, the others left empty behind them."""
    share = asked.options.length or SHARE
    while hole.further and lay_gaps(hole, reader).room < share * (1 + len(hole.further)):
        last = hole.further[-1]
        hole = replace(hole, further=hole.further[:-1], suffix=last.between + hole.suffix)
    return hole


def _for_a_part(asked: Asked, hole: Hole, texts: tuple[str, ...], parts: Sequence[Fill]) -> Asked:
    """The same for some of the gaps: one candidate, and drafts that tell of all gaps."""
    steps, tell = sum(part.steps for part in parts), asked.on_draft
    known = [(Piece(text, 1.0),) for text in texts]

    def show(draft: Draft) -> None:
        if tell is not None and (draft.step or not steps):
            first, *others = [*known, draft.pieces, *draft.further]
            missing = len(hole.further) - len(others)
            tell(Draft(steps + draft.step, first, (*others, *((),) * missing)))

    return replace(
        asked,
        options=replace(asked.options, candidates=1),
        on_draft=tell and show,
        started=monotonic(),
    )


def _joined(parts: Sequence[Fill], texts: Sequence[str]) -> Fill:
    """One fill of those of several canvases."""
    tokens = sum(part.tokens for part in parts)
    score = sum(part.candidates[0].score for part in parts if part.candidates)
    best = Candidate(texts[0], score, tokens, tuple(texts[1:]))
    stops = [part.stopped_by for part in parts if part.stopped_by is not StopReason.SETTLED]
    return Fill(
        text=best.text,
        further=best.further,
        candidates=(best,) if any(texts) else (),
        steps=sum(part.steps for part in parts),
        stopped_by=stops[0] if stops else StopReason.SETTLED,
        tokens=tokens,
        length_policy="; ".join(part.length_policy for part in parts),
        model=parts[0].model,
        ms=Timing(
            encode=sum(part.ms.encode for part in parts),
            denoise=sum(part.ms.denoise for part in parts),
            total=sum(part.ms.total for part in parts),
        ),
    )
