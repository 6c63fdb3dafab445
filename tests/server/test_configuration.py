"""Who has said what, and what holds where."""

import pytest

from mezzotint_server.configuration import Configuration
from mezzotint_server.settings import Settings


def candidates_at(configuration: Configuration, uri: str, language: str = "python") -> int:
    return configuration.at(uri, language).candidates


def test_a_document_has_the_settings_of_the_innermost_folder_around_it() -> None:
    configuration = Configuration(Settings(candidates=1))
    folders = {"file:///w": {"candidates": 2}, "file:///w/in/": {"candidates": 4}}
    configuration.say({"candidates": 3}, folders)
    assert candidates_at(configuration, "file:///w/a.py") == 2
    assert candidates_at(configuration, "file:///w/in/a.py") == 4
    assert candidates_at(configuration, "file:///wide/a.py") == 3


def test_what_is_said_anew_takes_the_place_of_what_was_said_but_not_of_the_start() -> None:
    configuration = Configuration(Settings())
    configuration.start({"candidates": 7, "deadlineMs": 7})
    configuration.say({"candidates": 8})
    assert configuration.settings == Settings(candidates=8, deadline_ms=7)
    configuration.say({})
    assert configuration.settings == Settings(candidates=7, deadline_ms=7)


def test_a_word_about_folders_alone_leaves_what_was_said_for_everything() -> None:
    configuration = Configuration(Settings())
    configuration.say({"candidates": 8})
    configuration.say(None, {"file:///w": {"candidates": 2}})
    assert configuration.settings.candidates == 8
    assert candidates_at(configuration, "file:///w/a.py") == 2


def test_there_is_one_engine_and_one_log_whatever_a_folder_says() -> None:
    configuration = Configuration(Settings())
    own = {"model": "x", "device": "x", "idleMinutes": 1, "logLevel": "error", "status": False}
    configuration.say({"model": "m"}, {"file:///w": {**own, "candidates": 2}})
    assert configuration.at("file:///w/a", "c") == Settings(model="m", candidates=2)


def test_a_bad_value_is_named_once_however_often_it_is_said() -> None:
    configuration = Configuration(Settings())
    configuration.start({"candidates": 0})
    assert len(configuration.new_problems()) == 1
    configuration.say({"candidates": 0}, {"file:///w": {"candidates": 0}})
    assert configuration.new_problems() == ()
    configuration.say({"candidates": 9})
    [another] = configuration.new_problems()
    assert "not 9" in another


def test_a_command_turns_everything_on_but_for_languages_that_are_off() -> None:
    configuration = Configuration(Settings())
    said = {"enabled": False, "perLanguage": {"lua": {"enabled": False}}}
    configuration.say(said, {"file:///w": said})
    configuration.enable()
    assert configuration.settings.enabled
    assert configuration.at("file:///w/a", "python").enabled
    assert not configuration.at("file:///w/a", "lua").enabled


@pytest.mark.parametrize(("then", "is_on"), [({"enabled": False, "candidates": 1}, True), ({}, True)])  # fmt: skip
def test_a_command_holds_while_the_settings_do_not_change_their_mind(
    then: dict[str, object], is_on: bool
) -> None:
    configuration = Configuration(Settings())
    configuration.say({"enabled": False})
    configuration.enable()
    configuration.say(then)
    assert configuration.settings.enabled is is_on
    configuration.say({"enabled": True})
    configuration.say({"enabled": False})
    assert not configuration.settings.enabled


@pytest.mark.parametrize(
    ("said", "folder", "wanted"),
    [
        ({}, {}, True),
        ({"enabled": False}, {}, False),
        ({"enabled": False}, {"enabled": True}, True),
        ({"enabled": False, "perLanguage": {"lua": {"enabled": True}}}, {}, True),
        ({"enabled": False}, {"perLanguage": {"lua": {"enabled": True}}}, True),
        ({"enabled": False, "perLanguage": {"lua": {"enabled": False}}}, {}, False),
    ],
)
def test_an_engine_is_wanted_where_there_is_one_place_for_suggestions(
    said: dict[str, object], folder: dict[str, object], wanted: bool
) -> None:
    configuration = Configuration(Settings())
    configuration.say(said, {"file:///w": folder})
    assert configuration.wants_suggestions is wanted
