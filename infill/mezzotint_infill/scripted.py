"""An infiller that answers from a table: for tests and for trying an editor without a model."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mezzotint_infill.hole import Candidate, Draft, Fill, Hole, Piece, StopReason
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions

DEFAULT_OPTIONS = InfillOptions()


@dataclass
class ScriptedInfiller:
    """Says ``answers[line]`` for the line left of a gap (without its indentation).

    Of a region that is rewritten, it is the region's text that is looked up.

    ``drafts`` are shown first, ``step_s`` seconds apart. Anything not in the table gets an empty
    fill. ``asked`` records every hole, in order, ``read`` those that were only to be read ahead.
    """

    answers: Mapping[str, str]
    drafts: tuple[str, ...] = ()
    step_s: float = 0.0
    status: EngineStatus = EngineStatus.READY
    asked: list[Hole] = field(default_factory=list[Hole])
    read: list[Hole] = field(default_factory=list[Hole])

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = DEFAULT_OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        self.asked.append(hole)
        for step, text in enumerate(self.drafts, start=1):
            await asyncio.sleep(self.step_s)
            if on_draft is not None:
                on_draft(Draft(step, (Piece(text, step / len(self.drafts)),)))
        text, *others = (self.answers.get(asked, "") for asked in _asked(hole))
        further = tuple(others)
        return Fill(
            text=text,
            candidates=(Candidate(text, 0.0, len(text), further),),
            further=further,
            steps=len(self.drafts),
            stopped_by=StopReason.SETTLED,
            tokens=len(text),
            length_policy="scripted",
            model="scripted",
        )

    async def read_ahead(self, hole: Hole) -> None:
        self.read.append(hole)

    async def state(self) -> EngineState:
        return EngineState(self.status, model="scripted")


def _asked(hole: Hole) -> Iterator[str]:
    """What is looked up for each gap."""
    if hole.rewrite is not None:
        yield hole.rewrite.text
        return
    before = hole.prefix
    yield _line(before)
    for gap in hole.further:
        before += gap.between
        yield _line(before)


def _line(before: str) -> str:
    return before.rpartition("\n")[2].strip()
