"""Garbage is looked for in quiet moments."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from mezzotint_server.garbage import QUIET_S, QuietMoments

PATIENCE_S = 60.0


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def python_does_not_look_by_itself() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


async def test_a_circle_is_gone_soon_after_the_last_message() -> None:
    quiet = QuietMoments()
    circle = weakref.ref(Circle())
    quiet.put_off()
    async with asyncio.timeout(PATIENCE_S):
        while circle() is not None:  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(QUIET_S)
