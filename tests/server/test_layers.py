"""From what came over the wire to what holds, and what is said about the rest."""

from typing import Any

import pytest

from mezzotint_server.layers import read_layer, settle
from mezzotint_server.setting import Preset
from mezzotint_server.settings import PRESETS, Settings


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, Settings()),
        ({}, Settings()),
        ({"enabled": False}, Settings(enabled=False)),
        ({"languages": ["python", "lua"]}, Settings(languages=("python", "lua"))),
        ({"model": "google/x", "device": "cuda:1"}, Settings(model="google/x", device="cuda:1")),
        ({"deadlineMs": 200}, Settings(deadline_ms=200.0)),
        ({"candidates": 1, "idleMinutes": 0.5}, Settings(candidates=1, idle_s=30.0)),
        ({"enabled": None, "model": None, "perLanguage": None}, Settings()),
        ({"logLevel": "debug", "drafts": False}, Settings(log_level="debug", drafts=False)),
        ({"debounceMinMs": 900}, Settings(debounce_min_ms=900, debounce_max_ms=900)),
        ({"debounceMaxMs": 10}, Settings(debounce_min_ms=10, debounce_max_ms=10)),
        ({"presets": {"x": "Do x."}}, Settings(presets=(*PRESETS, Preset("x", "Do x.")))),
        ({"presets": {"simplify": None}}, Settings(presets=PRESETS[1:])),
        ({"presets": {"simplify": "Less."}}, Settings(presets=(Preset("simplify", "Less."), *PRESETS[1:]))),
    ],
)  # fmt: skip
def test_good_settings_hold(said: object, expected: Settings) -> None:
    layer = read_layer(said)
    assert layer.problems == ()
    assert settle(Settings(), [layer]) == expected


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([1], "The settings must be an object, not [1]."),
        ({"enabled": "yes"}, "The setting “enabled” must be true or false, not \"yes\"."),
        ({"deadlineMs": 0}, "The setting “deadlineMs” must be a number from 1 to 600,000, not 0."),
        ({"deadlineMs": True}, "The setting “deadlineMs” must be a number from 1 to 600,000, not true."),
        ({"deadlineMs": float("inf")}, "The setting “deadlineMs” must be a number from 1 to 600,000, not Infinity."),
        ({"deadlineMs": float("nan")}, "The setting “deadlineMs” must be a number from 1 to 600,000, not NaN."),
        ({"candidates": 0}, "The setting “candidates” must be a whole number from 1 to 8, not 0."),
        ({"candidates": 99}, "The setting “candidates” must be a whole number from 1 to 8, not 99."),
        ({"candidates": 2.5}, "The setting “candidates” must be a whole number from 1 to 8, not 2.5."),
        ({"languages": "python"}, "The setting “languages” must be a list of language identifiers, not \"python\"."),
        ({"languages": [""]}, "The setting “languages” must be a list of language identifiers, not [\"\"]."),
        ({"model": ""}, "The setting “model” must be “embedded”, a Hub name or a folder, not \"\"."),
        ({"idleMinutes": "long"}, "The setting “idleMinutes” must be a number from 0.01 to 10,080, not \"long\"."),
        ({"logLevel": ["info"]}, "The setting “logLevel” must be “debug”, “info”, “warning” or “error”, not [\"info\"]."),
        ({"presets": {"x": 3}}, "The setting “presets” must be an object of names and instructions, not {\"x\": 3}."),
        ({"presets": []}, "The setting “presets” must be an object of names and instructions, not []."),
        ({"deadlineMS": 5}, "There is no setting “deadlineMS”."),
        ({"debounceMinMs": 9, "debounceMaxMs": 8}, "“debounceMinMs” must not be above “debounceMaxMs”."),
        ({"perLanguage": []}, "The setting “perLanguage” must be an object of language identifiers and settings, not []."),
        ({"perLanguage": {"lua": 1}}, "The setting “perLanguage.lua” must be an object, not 1."),
        ({"perLanguage": {"lua": {"x": 1}}}, "There is no setting “perLanguage.lua.x”."),
        ({"perLanguage": {"lua": {"candidates": 0}}}, "The setting “perLanguage.lua.candidates” must be a whole number from 1 to 8, not 0."),
        ({"perLanguage": {"lua": {"model": "x"}}}, "The setting “model” cannot differ between languages."),
    ],
)  # fmt: skip
def test_a_bad_setting_keeps_its_default_and_is_named(said: object, problem: str) -> None:
    layer = read_layer(said)
    assert layer.problems == (problem,)
    assert settle(Settings(), [layer], "lua") == Settings()


def test_one_bad_setting_does_not_spoil_the_others() -> None:
    layer = read_layer({"candidates": "many", "enabled": False})
    assert settle(Settings(), [layer]) == Settings(enabled=False)
    assert len(layer.problems) == 1


def test_a_later_layer_wins_and_leaves_the_rest_of_the_earlier_ones() -> None:
    layers = [read_layer({"model": "b", "candidates": 2}), read_layer({"candidates": "?"})]
    expected = Settings(model="b", device="cpu", candidates=2)
    assert settle(Settings(model="a", device="cpu"), layers) == expected


@pytest.mark.parametrize(("language", "expected"), [("lua", 1), ("python", 5), (None, 5)])
def test_what_is_said_for_a_language_wins_over_what_is_said_later_for_all(
    language: str | None, expected: int
) -> None:
    said: list[dict[str, Any]] = [
        {"perLanguage": {"lua": {"candidates": 1}}, "candidates": 4},
        {"candidates": 5},
    ]
    assert settle(Settings(), map(read_layer, said), language).candidates == expected
