"""Parse errors: code in, what tree-sitter finds wrong with it out."""

import pytest

from mezzotint_grammars.validity import errors_around, errors_in

FUNCTION = "def area(width, height):\n    return width * height\n\n\n"
MANY = FUNCTION * 2000


@pytest.mark.parametrize(
    "text",
    ["", "\n", "x = 1", FUNCTION, "if x:\n    y = [1,\n         2]\n", "s = 'café ☕'\n"],
)
def test_correct_code_has_no_errors(text: str):
    assert errors_in(text, "python") == 0


@pytest.mark.parametrize("text", ["f(", "x = = 1", "def f(:\n    pass\n", "return )", "'"])
def test_broken_code_has_errors(text: str):
    assert errors_in(text, "python") > 0


def test_an_unknown_language_has_no_errors():
    assert errors_in("f((((", "no-such-language") == 0


def test_a_lone_surrogate_does_not_stop_the_parse():
    assert errors_in("x = '\udc80'", "python") == 0


def test_the_middle_decides_in_a_large_file():
    prefix, suffix = MANY + "total = area(", ")\n" + MANY

    assert errors_around(prefix, "2, 3", suffix, "python") == 0
    assert errors_around(prefix, "2, 3)", suffix, "python") > 0


def test_a_window_into_one_large_class_gives_middles_the_same_blame():
    method = "    def area(self):\n        return self.width * self.height\n\n"
    prefix, suffix = "class Wide:\n" + method * 1000, "\n" + method * 1000

    good = errors_around(prefix, "    size = 1", suffix, "python")
    bad = errors_around(prefix, "    size = (1", suffix, "python")

    assert good < bad


def test_what_is_wrong_far_away_does_not_count():
    prefix, suffix = "def (:\n" + MANY + "total = ", "\n" + MANY

    assert errors_around(prefix, "1", suffix, "python") == 0
