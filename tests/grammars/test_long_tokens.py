"""Strings and comments that a place is in the middle of, told without a tree."""

from pathlib import Path

import pytest

import mezzotint_grammars
from mezzotint_grammars import LANGUAGES, Language
from mezzotint_grammars.long_tokens import LongTokens
from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.zones import Zone

SOURCES = sorted(Path(mezzotint_grammars.__file__).parent.glob("*.py"))


def opened(marked: str, language: str) -> str:
    """What the text is in the middle of at the mark, from where that starts."""
    before, after = marked.split("‸")
    token = LongTokens().open_at(before + after, len(before), language)
    return "" if token is None else before[token.start :]


@pytest.mark.parametrize(
    ("marked", "language", "expected"),
    [
        ('x = 1\n"""Doc\n‸more\n"""\n', "python", '"""Doc\n'),
        ('x = 1\n"""Doc\nmore\n"""\n‸', "python", ""),
        ("'''It's \"\"\"\n‸'''\n", "python", "'''It's \"\"\"\n"),
        ('s = "\\"\\"\\""\n‸x = 1\n', "python", ""),
        ('s = \'"""\'\n‸x = 1\n', "python", ""),
        ('# Not """ a string.\n‸x = 1\n', "python", ""),
        ('s = """a \\""" b\n‸c"""\n', "python", '"""a \\""" b\n'),
        ("s = 'never closed\n‸x = 1\n", "python", ""),
        ("int x;\n/* One\n‸ * two */\n", "c", "/* One\n"),
        ('char *s = "/*";\n‸int x;\n', "c", ""),
        ("char c = '\"'; /* a\n‸ */\n", "c", "/* a\n"),
        ("// Not /* a comment.\n‸int x;\n", "go", ""),
        ("s := `/*\n`\n‸x := 1\n", "go", ""),
        ("s := `one\n‸two`\n", "go", ""),
        ("<p>\n<!-- one\n‸two -->\n", "html", "<!-- one\n"),
        ("--[[ one\n‸two ]]\n", "lua", "--[[ one\n"),
        ("fn f<'a>(x: &'a str) { /*\n‸ */ }\n", "rust", "/*\n"),
        ("some words\n‸more\n", "no-such-language", ""),
    ],
)
def test_a_long_token_is_open_from_its_start_to_its_end(
    marked: str, language: str, expected: str
) -> None:
    assert opened(marked, language) == expected


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_at_every_line_it_is_as_the_tree_has_it(path: Path) -> None:
    text = path.read_text("utf-8")
    tree, tokens, place = SourceTree.parse(text, "python"), LongTokens(), 0
    for line in text.splitlines(keepends=True):
        is_inside = tokens.open_at(text, place, "python") is not None
        assert is_inside == (tree.zone(place) is Zone.STRING)
        place += len(line)


def test_a_text_that_has_changed_above_is_read_again() -> None:
    tokens = LongTokens()
    opened, closed = '"""Doc\n' + "x = 1\n", '"""Doc"""\n' + "x = 1\n"

    assert tokens.open_at(opened, len(opened), "python") is not None
    assert tokens.open_at(closed, len(closed), "python") is None
    assert tokens.open_at(opened, len(opened), "c") is None


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_a_comment_of_several_lines_is_found_in_every_language(language: Language) -> None:
    for opener, closer in language.lexis.block_comments:
        assert opened(f"{opener} a\n‸b {closer}\n", language.id) == f"{opener} a\n"
        assert opened(f"{opener} a\nb {closer}\n‸", language.id) == ""
