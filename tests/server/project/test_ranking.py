"""What fits is shown, and what was shown stays where it was."""

import pytest

from mezzotint_server.project.ranking import KEPT_LINES, Candidate, Selection, Telling, select
from mezzotint_server.project.snippet import Reason

URI = "file:///a.py"


def candidate(name: str, score: float, reason: Reason = Reason.USED, size: int = 100) -> Candidate:
    key, line = (reason, "a.py", name), ord(name)
    return Candidate(key, score, "a.py", line, lambda: Telling(name * size, line, line))


def chosen(selection: Selection) -> str:
    return "".join(name for _, _, name in selection.keys)


def choose(*candidates: Candidate, last: Selection | None = None, line: int = 5) -> Selection:
    return select(candidates, URI, line, 400, len, last)


def test_the_better_ones_fit_and_are_shown_by_reason_and_place() -> None:
    found = choose(
        candidate("d", 9, Reason.EDITED),
        candidate("c", 8, Reason.IMPORTED),
        candidate("z", 1, Reason.IMPORTED),
        candidate("a", 7, Reason.USED),
        candidate("b", 6, Reason.USED),
    )
    assert chosen(found) == "cabd"


def test_one_reason_takes_half_of_the_budget_at_most() -> None:
    assert chosen(choose(*(candidate(name, 1) for name in "abcd"))) == "ab"


def test_what_is_known_twice_is_shown_once_and_what_is_empty_not() -> None:
    assert chosen(choose(candidate("a", 1), candidate("a", 2), candidate("e", 9, size=0))) == "a"


def test_what_is_new_comes_after_what_was_shown() -> None:
    last = choose(candidate("b", 5), candidate("c", 5))
    again = choose(
        candidate("b", 5), candidate("c", 5), candidate("a", 9, Reason.IMPORTED), last=last
    )
    assert chosen(again) == "bca"


def test_what_is_no_longer_there_is_dropped_and_the_rest_stays() -> None:
    last = choose(candidate("b", 5), candidate("c", 5))
    assert chosen(choose(candidate("c", 1), last=last)) == "c"


def test_what_has_grown_too_long_makes_room() -> None:
    last = choose(candidate("b", 5), candidate("c", 5))
    assert chosen(choose(candidate("b", 5), candidate("c", 5, size=350), last=last)) == "b"


@pytest.mark.parametrize(
    ("line", "expected"),
    [(5 + KEPT_LINES, "bca"), (6 + KEPT_LINES, "abc")],
)
def test_a_hole_that_is_far_away_starts_afresh(line: int, expected: str) -> None:
    last = choose(candidate("b", 5), candidate("c", 5))
    now = (candidate("b", 5), candidate("c", 5), candidate("a", 1, Reason.IMPORTED))
    assert chosen(choose(*now, last=last, line=line)) == expected


def test_what_is_mostly_out_of_date_starts_afresh() -> None:
    last = choose(candidate("x", 5), candidate("y", 5, Reason.SIMILAR))
    now = (
        candidate("x", 0),
        candidate("a", 5),
        candidate("b", 5),
        candidate("y", 0, Reason.SIMILAR),
        candidate("c", 5, Reason.SIMILAR),
        candidate("d", 5, Reason.SIMILAR),
    )
    assert chosen(choose(*now, last=last)) == "abcd"
