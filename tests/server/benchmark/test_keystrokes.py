"""The time from a keystroke to a hole: that it is taken, key by key. Times are not judged."""

from pathlib import Path

import pytest

from mezzotint_server.benchmark.keystrokes import BURST, keystroke_waits, waits_after_pauses

CODE = "def area(r):\n    return r * r  # 𝒳\n\n\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "area.py").write_text(CODE, "utf-8")
    return tmp_path


async def test_every_keystroke_is_one_wait(sources: Path) -> None:
    seen: list[None] = []
    waits = await keystroke_waits(sources, 40, 33, on_key=lambda: seen.append(None))

    assert len(waits.ms) == 33
    assert len(seen) >= 33


async def test_every_keystroke_after_a_pause_is_one_wait(sources: Path) -> None:
    waits = await waits_after_pauses(sources, 40, 2)

    assert len(waits.ms) == 2 * BURST
