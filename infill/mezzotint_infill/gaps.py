"""Several gaps in one canvas: where they and the text between them stand, and which lengths fit.

Each gap is healed at both of its edges, as a hole with one gap is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from mezzotint_infill.canvas import Middle, longest_hole
from mezzotint_infill.hole import Hole, HoleKind, Piece
from mezzotint_infill.length import LengthPolicy
from mezzotint_infill.pieces import split_piece
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.reader import Reader
from mezzotint_infill.seams import FIRST, LAST, ONLY, Seams, split_after, split_before

T = TypeVar("T")

EDGES = ONLY + 1
SHARE = 6
"""Tokens that a gap has room for at least, or it is filled in another canvas."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """A hole's gaps in its canvas, from left to right."""

    prompt: Prompt
    kinds: tuple[HoleKind, ...]
    seams: tuple[Seams, ...]
    pinned: tuple[tuple[int, ...], ...]
    """The tokens between them."""
    room: int
    """How many free positions there may be in all."""

    def middle(self, lengths: Sequence[int]) -> Middle:
        """So many free positions in each gap, and what is pinned between them."""
        filler = self.prompt.closing[-1]
        tokens: list[int] = []
        free: list[int] = []
        edges: list[int] = []
        for number, length in enumerate(lengths):
            first = len(tokens)
            free += range(first, first + length)
            edges += [
                EDGES * number + FIRST * (rank == 0) + LAST * (rank == length - 1)
                for rank in range(length)
            ]
            tokens += [filler] * length
            tokens += self.pinned[number] if number < len(self.pinned) else ()
        return Middle(tuple(tokens), tuple(free), tuple(edges))

    def forbidden(self, reader: Reader) -> Tensor:
        """What cannot stand at a free position, four rows a gap."""
        return torch.cat(
            [
                reader.forbidden(seams, within_line=kind.is_within_line)
                for seams, kind in zip(self.seams, self.kinds, strict=True)
            ]
        )

    def texts(
        self, tokens: Sequence[int], lengths: Sequence[int], reader: Reader
    ) -> list[str | None]:
        """What each gap gets; nothing where its edges do not agree with the tokens."""
        raw = [reader.model.decode(part) for part in _parts(tokens, lengths)]
        return [seams.between(text) for seams, text in zip(self.seams, raw, strict=True)]

    def pieces(
        self,
        tokens: Sequence[int],
        certainties: Sequence[float],
        lengths: Sequence[int],
        reader: Reader,
    ) -> list[tuple[Piece, ...]]:
        """A draft's pieces, gap by gap."""
        spelt = [[reader.model.decode([one]) for one in part] for part in _parts(tokens, lengths)]
        shown = [seams.without(texts) for seams, texts in zip(self.seams, spelt, strict=True)]
        sure = _parts(certainties, lengths)
        return [tuple(map(Piece, *both)) for both in zip(shown, sure, strict=True)]

    def combinations(self, policy: LengthPolicy) -> list[tuple[int, ...]]:
        """Lengths to try: each gap has each of its own once, beside others of the other gaps."""
        longest = self.room - len(self.kinds) + 1
        grids = [policy.lengths(kind, longest) for kind in self.kinds]
        shift = max(1, max(map(len, grids)) // len(grids))
        return [
            self.fitted(
                [grid[(row + number * shift) % len(grid)] for number, grid in enumerate(grids)]
            )
            for row in range(max(map(len, grids)))
        ]

    def fitted(self, lengths: Sequence[int]) -> tuple[int, ...]:
        """The same, the longest ones shortened until all fit."""
        fitting = list(lengths)
        while sum(fitting) > self.room:
            fitting[fitting.index(max(fitting))] -= 1
        return tuple(fitting)


def lay_gaps(hole: Hole, reader: Reader) -> Gaps:
    """The gaps of a hole in one canvas; ``room`` says whether they fit."""
    model = reader.model
    prompt = reader.prompt(hole)
    before = [prompt.seams.before]
    after: list[str] = []
    pinned: list[tuple[int, ...]] = []
    for gap in hole.further:
        healed, rest = split_after(gap.between, model.encode)
        head, piece = split_piece(rest)
        kept, half = split_before(piece, model.encode, model.tokens.can_begin)
        after.append(healed)
        before.append(half)
        pinned.append((*model.encode(head), *kept))
    seams = tuple(map(Seams, before, [*after, prompt.seams.after]))
    kinds = (hole.kind, *(gap.kind for gap in hole.further))
    room = longest_hole(prompt, model.canvas_length) - sum(map(len, pinned))
    return Gaps(prompt, kinds, seams, tuple(pinned), room)


def filled(hole: Hole, texts: Sequence[str]) -> str:
    """What is between the prefix and the suffix with these texts in the gaps."""
    behind = [gap.between for gap in hole.further]
    return "".join(text + between for text, between in zip(texts, [*behind, ""], strict=True))


def behind(hole: Hole, texts: Sequence[str]) -> Hole:
    """What is left of a hole when its first gaps have these texts."""
    if not texts:
        return hole
    done, at = hole.further[: len(texts)], len(texts) - 1
    lead = "".join(text + gap.between for text, gap in zip(texts, done, strict=False))
    return replace(
        hole,
        prefix=hole.prefix + lead,
        kind=hole.further[at].kind,
        indent="",
        further=hole.further[at + 1 :],
    )


def _parts(values: Sequence[T], lengths: Sequence[int]) -> list[Sequence[T]]:
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    return [values[end - length : end] for end, length in zip(ends, lengths, strict=True)]
