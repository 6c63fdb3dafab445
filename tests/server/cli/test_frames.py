"""Frames are shown one after the other, no faster than the pace."""

from mezzotint_infill.hole import Candidate, Draft, Fill, Piece, StopReason
from mezzotint_server.cli.frames import Playback, noise


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def draft(step: int) -> Draft:
    return Draft(step, (Piece(f"draft {step}", step / 10),))


def text(playback: Playback) -> str:
    return "".join(piece.text for piece in playback.now().pieces)


FILL = Fill("done", (Candidate("done", 0.0, 1),), 2, StopReason.SETTLED, 1, "auto", "none")


def test_before_the_first_draft_there_is_moving_grain() -> None:
    clock = Clock()
    playback = Playback(1.0, clock)
    grains = set[str]()
    for _ in range(5):
        clock.now += 0.1
        grains.add(text(playback))
    assert len(grains) > 1
    assert all(set(grain) <= set("░▒▓") for grain in grains)
    assert noise(0).certainty == 0.0


def test_no_draft_is_skipped_however_fast_they_come() -> None:
    clock = Clock()
    playback = Playback(1.0, clock)
    for step in (1, 2):
        playback.add(draft(step))
    playback.end(FILL)
    seen: list[str] = []
    while not playback.is_over:
        seen.append(text(playback))
        clock.now += 0.5
    assert seen == ["draft 1", "draft 1", "draft 2", "draft 2", "done"]


def test_a_slow_model_keeps_its_last_draft_on_the_screen() -> None:
    clock = Clock()
    playback = Playback(1.0, clock)
    playback.add(draft(1))
    assert text(playback) == "draft 1"
    clock.now += 60
    assert text(playback) == "draft 1"
    playback.add(draft(2))
    assert text(playback) == "draft 2"


def test_a_caption_says_how_far_it_is() -> None:
    playback = Playback(0.0)
    playback.add(draft(3))
    assert playback.now().caption == "step 3 · 30% certain"
