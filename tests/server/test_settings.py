"""Which settings there are, and what follows from them."""

from dataclasses import fields
from typing import Any

import pytest

from mezzotint_server.setting import Setting
from mezzotint_server.settings import SETTINGS, Settings, default_of


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_default_is_a_good_value_and_means_itself(setting: Setting) -> None:
    written = default_of(setting)
    if written is None:
        assert setting.kind.schema["type"][1] == "null"
        return
    assert setting.kind.read(written) == getattr(Settings(), setting.field)


def test_every_field_can_be_set_and_every_setting_has_one() -> None:
    assert sorted(it.field for it in SETTINGS) == sorted(it.name for it in fields(Settings))
    assert len({it.name for it in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, 6000.0), ({"deadline_ms": 100.0}, 400.0), ({"own_invoked_deadline_ms": 50.0}, 50.0)],
)
def test_who_asks_by_hand_waits_four_times_as_long_unless_it_is_said(
    said: dict[str, Any], expected: float
) -> None:
    assert Settings(**said).invoked_deadline_ms == expected


@pytest.mark.parametrize(
    ("settings", "language", "covered"),
    [
        (Settings(), "python", True),
        (Settings(), "rust", False),
        (Settings(model="google/x"), "rust", True),
        (Settings(model="google/x", languages=("lua",)), "rust", False),
        (Settings(languages=("rust",)), "rust", True),
        (Settings(languages=("rust",)), "python", False),
        (Settings(enabled=False), "python", False),
    ],
)
def test_the_embedded_model_is_asked_for_python_only_unless_the_user_says_otherwise(
    settings: Settings, language: str, covered: bool
) -> None:
    assert settings.covers(language) is covered
