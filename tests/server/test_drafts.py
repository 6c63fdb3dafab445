"""Drafts as they are sent: what is said of them, and how often."""

from typing import Any

import pytest

from mezzotint_infill.hole import Draft, Piece
from mezzotint_server.drafts import MOST_PER_S, Drafts, part_of
from mezzotint_server.positions import PositionEncoding

AB = Draft(2, (Piece("a", 0.5), Piece("\nb", 1.0)))


@pytest.mark.parametrize(
    ("draft", "line_break", "encoding", "spans"),
    [
        (AB, "\n", PositionEncoding.UTF_8, [(0, 1, 0.5), (1, 3, 1.0)]),
        (AB, "\r\n", PositionEncoding.UTF_8, [(0, 1, 0.5), (1, 4, 1.0)]),
        (Draft(1, (Piece("é🙂", 0.12345),)), "\n", PositionEncoding.UTF_8, [(0, 6, 0.123)]),
        (Draft(1, (Piece("é🙂", 0.5),)), "\n", PositionEncoding.UTF_16, [(0, 3, 0.5)]),
        (Draft(1, (Piece("é🙂", 0.5),)), "\n", PositionEncoding.UTF_32, [(0, 2, 0.5)]),
    ],
)
def test_spans_are_counted_as_columns_are(
    draft: Draft, line_break: str, encoding: PositionEncoding, spans: list[tuple[int, int, float]]
) -> None:
    [sent] = told([(0.0, draft)], line_break, encoding)
    names = ("start", "end", "certainty")
    assert sent["spans"] == [dict(zip(names, span, strict=True)) for span in spans]
    assert sent["text"] == draft.text.replace("\n", line_break)
    assert (sent["requestId"], sent["step"]) == (7, draft.step)


def test_there_are_only_so_many_a_second() -> None:
    drafts = [(each / 1000, Draft(each, (Piece(str(each), 1.0),))) for each in range(1, 1001)]
    assert len(told(drafts)) in (MOST_PER_S - 1, MOST_PER_S)


def test_a_draft_that_says_nothing_new_is_not_sent() -> None:
    assert [sent["step"] for sent in told([(0.0, AB), (1.0, Draft(3, AB.pieces))])] == [2]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 3, ("a", "\nb")),
        (1, 3, ("\nb",)),
        (2, 3, ("b",)),
        (0, 2, ("a", "\n")),
        (3, 3, ()),
    ],
)
def test_a_part_keeps_its_pieces(start: int, end: int, expected: tuple[str, ...]) -> None:
    part = part_of(AB, start, end)
    assert tuple(piece.text for piece in part.pieces) == expected
    assert part.step == AB.step


def told(
    drafts: list[tuple[float, Draft]],
    line_break: str = "\n",
    encoding: PositionEncoding = PositionEncoding.UTF_8,
) -> list[dict[str, Any]]:
    """What is sent of drafts that come at these times."""
    sent: list[dict[str, Any]] = []
    now = iter([at for at, _ in drafts])
    of_seven = Drafts(7, sent.append, lambda: True, clock=lambda: next(now))
    for _, draft in drafts:
        of_seven.tell(draft, line_break, encoding)
    return sent
