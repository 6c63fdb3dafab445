"""Which language a name stands for, and that each one's grammar loads."""

from pathlib import Path

import pytest

from mezzotint_grammars import LANGUAGES, Language, language_for, language_of_path


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_language_is_found_by_its_names_and_parses(language: Language):
    assert language_for(language.id) is language
    assert all(language_of_path(f"file{ending}") is language for ending in language.extensions)
    assert not language.parse("").root_node.has_error


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("area.py", "python"),
        (Path("a.b") / "area.pyi", "python"),
        ("AREA.PY", "python"),
        ("area.py.txt", None),
        ("py", None),
        (".py", None),
        ("", None),
    ],
)
def test_a_path_tells_its_language(path: str | Path, expected: str | None):
    language = language_of_path(path)

    assert (language.id if language else None) == expected


def test_an_unknown_identifier_has_no_language():
    assert language_for("no-such-language") is None
