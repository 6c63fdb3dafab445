"""The files that are made from the settings are what is made of them now."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mezzotint_server.settings import BY_NAME, PER_LANGUAGE
from mezzotint_server.settings_pages import PAGES, json_schema, settings_page, vscode_settings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "make"), PAGES.items())
def test_a_file_is_what_is_made_of_the_settings(name: str, make: Callable[[], str]) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == make(), "run: make pages"


def test_every_setting_is_in_all_of_them() -> None:
    names = [*BY_NAME, PER_LANGUAGE]
    assert list(json.loads(json_schema())["properties"]) == names
    assert list(json.loads(vscode_settings())["properties"]) == [f"mezzotint.{it}" for it in names]
    assert all(f"### `{name}`\n" in settings_page() for name in names)


def test_a_language_has_no_engine_of_its_own() -> None:
    schema = json.loads(json_schema())["properties"][PER_LANGUAGE]["additionalProperties"]
    assert "candidates" in schema["properties"]
    assert "model" not in schema["properties"]
