"""What goes to the log, and what does not."""

import logging
from collections.abc import Iterator

import pytest

from mezzotint_server.log import set_log_level


@pytest.fixture(autouse=True)
def level_as_before() -> Iterator[None]:
    own = logging.getLogger("mezzotint_server")
    before = own.level
    yield
    own.setLevel(before)


@pytest.mark.parametrize(
    ("level", "logged"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_setting_says_how_much_is_logged_of_ours(
    caplog: pytest.LogCaptureFixture, level: str, logged: list[str]
) -> None:
    set_log_level(level)
    ours = logging.getLogger("mezzotint_server.features.any")
    for name in ("debug", "info", "warning", "error"):
        ours.log(getattr(logging, name.upper()), name)
    assert caplog.messages == logged


def test_what_is_logged_of_the_wire_does_not_follow_the_setting() -> None:
    before = logging.getLogger("pygls.protocol").getEffectiveLevel()
    set_log_level("debug")
    assert logging.getLogger("pygls.protocol").getEffectiveLevel() == before
