"""From what came over the wire to what holds, and what is said about the rest."""

import pytest

from mezzotint_server.settings import Settings, resolve_settings


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (None, Settings()),
        ({}, Settings()),
        ({"enabled": False}, Settings(enabled=False)),
        ({"languages": ["python", "lua"]}, Settings(languages=("python", "lua"))),
        ({"model": "google/x", "device": "cuda:1"}, Settings(model="google/x", device="cuda:1")),
        ({"deadlineMs": 200}, Settings(deadline_ms=200.0)),
        ({"candidates": 1, "idleMinutes": 0.5}, Settings(candidates=1, idle_s=30.0)),
        ({"enabled": None, "model": None}, Settings()),
    ],
)
def test_good_settings_hold(options: object, expected: Settings) -> None:
    assert resolve_settings(options, Settings()) == (expected, ())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([1], "The settings must be an object, not [1]."),
        ({"enabled": "yes"}, "The setting “enabled” must be true or false, not \"yes\"."),
        ({"deadlineMs": 0}, "The setting “deadlineMs” must be a number above 0, not 0."),
        ({"deadlineMs": True}, "The setting “deadlineMs” must be a number above 0, not true."),
        ({"candidates": 0}, "The setting “candidates” must be a whole number from 1 to 8, not 0."),
        ({"candidates": 99}, "The setting “candidates” must be a whole number from 1 to 8, not 99."),
        ({"candidates": 2.5}, "The setting “candidates” must be a whole number from 1 to 8, not 2.5."),
        ({"languages": "python"}, "The setting “languages” must be a list of language identifiers, not \"python\"."),
        ({"model": ""}, "The setting “model” must be “embedded”, a Hub name or a folder, not \"\"."),
        ({"idleMinutes": "long"}, "The setting “idleMinutes” must be a number above 0, not \"long\"."),
        ({"deadlineMS": 5}, "There is no setting “deadlineMS”."),
    ],
)  # fmt: skip
def test_a_bad_setting_keeps_its_default_and_is_named(options: object, problem: str) -> None:
    assert resolve_settings(options, Settings()) == (Settings(), (problem,))


def test_one_bad_setting_does_not_spoil_the_others() -> None:
    settings, problems = resolve_settings({"candidates": "many", "enabled": False}, Settings())
    assert settings == Settings(enabled=False)
    assert len(problems) == 1


def test_the_wire_wins_over_the_command_line_and_leaves_the_rest_of_it() -> None:
    base = Settings(model="a", device="cpu")
    assert resolve_settings({"model": "b"}, base)[0] == Settings(model="b", device="cpu")


@pytest.mark.parametrize(
    ("settings", "language", "covered"),
    [
        (Settings(), "python", True),
        (Settings(), "rust", False),
        (Settings(model="google/x"), "rust", True),
        (Settings(model="google/x", languages=("lua",)), "rust", False),
        (Settings(languages=("rust",)), "rust", True),
        (Settings(languages=("rust",)), "python", False),
    ],
)
def test_the_embedded_model_is_asked_for_python_only_unless_the_user_says_otherwise(
    settings: Settings, language: str, covered: bool
) -> None:
    assert settings.covers(language) is covered
