"""Which language a name stands for, that each one loads when it is wanted, how one is added."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import tree_sitter

import mezzotint_grammars
from mezzotint_grammars import (
    LANGUAGES,
    Language,
    language_for,
    language_of_path,
    language_of_text,
)
from mezzotint_grammars.brackets import imbalance
from mezzotint_grammars.definitions import definitions_of
from mezzotint_grammars.imports import imports_of
from mezzotint_grammars.places import block_at, definition_at
from mezzotint_grammars.syntax import Syntax
from mezzotint_grammars.validity import errors_around, errors_in
from mezzotint_grammars.zones import Zone, zone_at

ROOT = Path(__file__).parents[2]
FOLDERS = {file.parent for file in Path(mezzotint_grammars.__file__).parent.glob("*/language.toml")}
QUERIES = ["blocks", "definitions", "imports", "zones", "names", "injections", "placeholders"]
KINDS = {
    *("class", "constant", "element", "enum", "field", "function", "implementation", "interface"),
    *("key", "macro", "method", "module", "rule", "type", "variable"),
}
CAPTURES = {
    "blocks": {"block", "open", "close"},
    "definitions": {"name", "body", "doc", "outer", *KINDS},
    "imports": {"import", "module", "joint", "relative", "name"},
    "zones": {"code", "string", "text", "comment"},
    "names": {"used", "member", "defined"},
    "injections": {"content"},
    "placeholders": {"placeholder", "marked"},
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_language_is_found_by_its_names_and_parses(language: Language):
    assert language_for(language.id) is language
    assert all(language_of_path(f"file{ending}") is language for ending in language.extensions)
    assert all(language_for(alias) is language for alias in language.aliases)
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


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_query_fits_its_grammar_and_says_what_is_understood(language: Language, query: str):
    compiled = language.query(query)
    captures = {compiled.capture_name(index) for index in range(compiled.capture_count)}

    assert {name for name in captures if not name.startswith("_")} <= CAPTURES[query]


def test_a_grammar_is_loaded_when_it_is_wanted_and_not_before():
    script = """
import sys, mezzotint_grammars.source_tree
loaded = [name for name in sys.modules if name.startswith("tree_sitter_")]
mezzotint_grammars.source_tree.SourceTree.parse("{}", "json")
late = [name for name in sys.modules if name.startswith("tree_sitter_")]
sys.exit(loaded != [] or "tree_sitter_json" not in late or "tree_sitter_python" in late)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("query", ["blocks", "definitions", "zones", "injections"])
def test_what_is_asked_about_places_is_there_once_a_language_is_prepared(
    tmp_path: Path, query: str
):
    known = 'id = "json-like"\nextensions = []\ngrammar = "tree_sitter_json:language"\n'
    (tmp_path / "language.toml").write_text(known, "utf-8")
    (tmp_path / f"{query}.scm").write_text("(no_such_node) @string", "utf-8")
    with pytest.raises(tree_sitter.QueryError):
        Language.from_folder(tmp_path).prepare()


def test_every_folder_is_a_language_and_every_grammar_a_dependency():
    """One folder and one line: there is nothing else to be forgotten but the package itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    packages = {re.split(r"[<>=]", line)[0].replace("-", "_") for line in project["dependencies"]}

    assert {language.folders[-1] for language in LANGUAGES} == FOLDERS
    assert {language.grammar.partition(":")[0] for language in LANGUAGES} <= packages


def test_no_two_languages_share_a_name_or_an_ending():
    names = [name for one in LANGUAGES for name in (one.id, *one.aliases, *one.extensions)]

    assert len(names) == len(set(names))


def test_a_folder_is_all_that_a_new_language_takes(tmp_path: Path):
    files = {
        "language.toml": """
id = "ini-like"
extensions = [".conf"]
grammar = "tree_sitter_json:language"
block_end = "}"
[lexis]
quotes = ['"']
line_comments = ["//"]
""",
        "blocks.scm": "(document) @block (object) @block",
        "definitions.scm": "(pair key: (string (string_content) @name) value: (object) @body) @module",
        "imports.scm": "(array (string (string_content) @module)) @import",
        "zones.scm": "(string) @string (comment) @comment",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    language = Language.from_folder(tmp_path)
    source = '{"one": {\n// what it is\n"two": {"three": ["other"]'
    syntax = Syntax.of(source, language)
    place = source.index('"three"')

    assert [one.name for one in definitions_of(syntax.mended)] == ["one", "two"]
    assert [one.doc for one in definitions_of(syntax.mended)] == ["", "what it is"]
    assert [one.module for one in imports_of(syntax.mended)] == ["other"]
    assert block_at(syntax.mended, place).start == place
    assert definition_at(syntax.mended, place) == (source.index('"two"'), len(source))
    assert zone_at(syntax, source.index("what")) is Zone.COMMENT
    assert zone_at(syntax, place + 2) is Zone.STRING


CLOSED = {
    "python": "f('(', \"(\")  # (\n",
    "javascript": "f('(', \"(\", `(\n(`); // (\n/* (\n */",
    "typescript": "f('(', `(`); // (",
    "typescriptreact": "f('(', `(`); // (",
    "rust": "fn f<'a>(x: &'a str) { g('(', \"(\n(\"); } // (\n/* ( */",
    "go": "package a\nfunc f() { g('(', \"(\", `(\n`) } // (",
    "java": "class A { char a = '('; String b = \"(\"; /* ( */ } // (",
    "c": "int f(void) { return '(' + 1; } /* ( */ // (",
    "cpp": "int f() { return 1'000 + g(\"(\", '('); } // (",
    "csharp": "class A { char a = '('; string b = \"(\"; } // (",
    "ruby": "f('(', \"(\n\") # (",
    "php": "<?php f('(', \"(\n\"); # (\n// (\n/* ( */",
    "shellscript": "f '(' \"(\" ${#a[@]} # (",
    "html": "<p>(a)</p><!-- ( -->",
    "css": '.a { b: url("("); } /* ( */',
    "json": '{"(": ["["]}',
    "lua": "f('(', \"(\") -- (\n--[[ (\n]]",
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_brackets_in_strings_and_comments_are_known_in_every_language(language: Language):
    source = CLOSED[language.id]

    assert imbalance(source, language.id) == 0
    assert errors_in(source, language.id) == 0
    assert imbalance(source + "\n(", language.id) == 1


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_a_middle_that_breaks_the_code_is_told_in_every_language(language: Language):
    if language.id == "html":
        source, broken = "<p></p>\n", "<p"
    else:
        source, broken = CLOSED[language.id] + "\n", "{(]"
    good = errors_around(source, "\n", "\n" + source, language.id)

    assert errors_around(source, broken, "\n" + source, language.id) > good


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.h", "struct Plate { int depth; };\n", "c"),
        ("a.h", "/* A class of its own.\n * class Plate */\nint class_of(int);\n", "c"),
        ("a.h", "namespace press {\n}\n", "cpp"),
        ("a.h", "  template <typename T>\nT drop();\n", "cpp"),
        ("a.h", "std::string name();\n", "cpp"),
        ("a.c", "namespace press {\n}\n", "c"),
        ("a.py", "class Plate: pass\n", "python"),
        ("a.unknown", "", "plaintext"),
    ],
)
def test_headers_are_of_the_language_that_they_are_written_in(path: str, text: str, expected: str):
    assert language_of_text(path, text) == expected
