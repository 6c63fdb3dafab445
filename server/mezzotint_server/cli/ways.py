"""The ways of asking for a fill that ``mezzotint eval context`` compares.

Each makes of a place where something was cut out what the engine is asked there, and sees no more
of it than an editor would: the code on both sides, and whether a stretch of several lines is wanted.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mezzotint_grammars.span import Span
from mezzotint_infill.evaluation.cuts import Cut, CutKind
from mezzotint_infill.evaluation.ways import Question, Way
from mezzotint_infill.hole import Hole, HoleKind, Snippet
from mezzotint_infill.options import InfillOptions
from mezzotint_server.holes import Surroundings, surroundings_of, with_line_feeds
from mezzotint_server.settings import Settings

PLAIN_TEXT = "plaintext"
"""A language without a grammar: nothing is parsed, neither around the hole nor with a fill in it."""
NOTHING_SHOWN: Mapping[Cut, tuple[Snippet, ...]] = MappingProxyType({})


def ways_of_asking(
    seed: int, shown: Mapping[Cut, tuple[Snippet, ...]] = NOTHING_SHOWN
) -> tuple[Way, ...]:
    """Text cut at the cursor; the hole of somebody who asks; that of somebody who types.

    With the last two goes what is ``shown`` of the rest of the project.
    """
    asked = InfillOptions(seed=seed, candidates=Settings().candidates)
    typed = InfillOptions(seed=seed, only_valid=True)
    return (
        Way("plain cutting", lambda cut: Question(_plainly_cut(cut), asked)),
        Way("in context", lambda cut: _with(shown, cut, Question(_asked_for(cut), asked))),
        Way(
            "in context, while typing",
            lambda cut: _with(shown, cut, _while_typing(cut, typed)),
        ),
    )


def in_line_feeds(cut: Cut) -> Cut:
    """The cut as the engine sees the file, whatever breaks its lines."""
    return replace(
        cut,
        prefix=with_line_feeds(cut.prefix),
        middle=with_line_feeds(cut.middle),
        suffix=with_line_feeds(cut.suffix),
    )


def around_cut(cut: Cut) -> Surroundings:
    """A cursor in the file as it is without what was cut out."""
    cursor = Span(len(cut.prefix), len(cut.prefix))
    return surroundings_of(cut.prefix + cut.suffix, cursor, cut.hole.language)


def _with(
    shown: Mapping[Cut, tuple[Snippet, ...]], cut: Cut, question: Question | None
) -> Question | None:
    if question is None:
        return None
    return replace(question, hole=replace(question.hole, snippets=shown.get(cut, ())))


def _plainly_cut(cut: Cut) -> Hole:
    return Hole(cut.prefix, cut.suffix, PLAIN_TEXT, _kind_by_line(cut))


def _kind_by_line(cut: Cut) -> HoleKind:
    """What the two halves of the line tell."""
    if _is_marked(cut):
        return HoleKind.REGION
    if not cut.ends_with_line:
        return HoleKind.PART_OF_LINE
    return HoleKind.REST_OF_LINE if cut.prefix.rpartition("\n")[2].strip() else HoleKind.LINE


def _asked_for(cut: Cut) -> Hole:
    around = around_cut(cut)
    return around.region() if _is_marked(cut) else around.hole_asked_for()


def _while_typing(cut: Cut, options: InfillOptions) -> Question | None:
    """Nobody types into what is marked: it is a cursor like any other."""
    hole = around_cut(cut).hole_while_typing()
    return Question(hole, options) if hole else None


def _is_marked(cut: Cut) -> bool:
    """Whether somebody would mark this and ask for something in its place."""
    return cut.kind is CutKind.SPAN and "\n" in cut.middle
