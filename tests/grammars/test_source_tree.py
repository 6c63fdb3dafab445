"""What a tree promises for every text in every language, however broken."""

from pathlib import Path

import pytest
import tree_sitter
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_grammars import LANGUAGES
from mezzotint_grammars.source_tree import SourceTree

SAMPLES = {
    language.id: (Path(__file__).parent / "golden" / f"{language.folders[-1].name}.txt")
    .read_text("utf-8")
    .partition("\n--\n")[0]
    .partition("\n")[2]
    .replace("‸", "")
    for language in LANGUAGES
}
PIECES = st.one_of(
    st.sampled_from(["(", ")", "{", "}", '"', "'", "`", "/*", "*/", "#", "<", "</", "\\", "end"]),
    st.sampled_from(["\n", "\r\n", "\r", "\t", "\f", "\u2028", "\ufeff", "\x00", "\udc80", "    "]),
    st.sampled_from(["é", "☕", "😀", "x", " = ", "foo(bar, ", "def f(", "\n\n    y\n"]),
    st.just(""),
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0, 0, 1, 3, 30]), PIECES), min_size=1, max_size=6
)


@pytest.mark.parametrize("language", SAMPLES)
@settings(max_examples=15, deadline=None)
@given(edits=EDITS)
def test_an_edited_tree_is_that_of_the_new_text(language: str, edits: list[tuple[float, int, str]]):
    tree = SourceTree.parse(SAMPLES[language], language)
    for where, length, new_text in edits:
        start = round(where * len(tree.text))
        end = min(len(tree.text), start + length)
        before = tree
        tree = tree.edited(start, end, new_text)
        fresh = SourceTree.parse(before.text[:start] + new_text + before.text[end:], language)

        assert tree.text == fresh.text
        assert nodes(tree) == nodes(fresh)
        assert tree.definitions() == fresh.definitions()


@pytest.mark.parametrize(
    ("language", "text", "edits"),
    [
        (
            "typescript",
            "class A<T> {\n  a(u: U): number;\n}\nfunction f<T>(a: any) { return a as P; }\n",
            [(72, 73, "{"), (24, 26, ";")],
        ),
        (
            "shellscript",
            'f() {\n  local w=$1\n  if [ -f x ]; then\n    echo "a"\n  fi\n}\n',
            [(27, 29, ";"), (38, 39, "}")],
        ),
    ],
)
def test_what_is_reused_does_not_change_how_broken_code_is_understood(
    language: str, text: str, edits: list[tuple[int, int, str]]
):
    """Here tree-sitter recovers in another way when it parses only what has changed."""
    tree = SourceTree.parse(text, language)
    for edit in edits:
        tree = tree.edited(*edit)

    assert nodes(tree) == nodes(SourceTree.parse(tree.text, language))


@pytest.mark.parametrize("language", [*SAMPLES, "no-such-language"])
@settings(max_examples=15, deadline=None)
@given(edits=EDITS, where=st.floats(0, 1))
def test_every_question_about_every_text_has_an_answer_within_it(
    language: str, edits: list[tuple[float, int, str]], where: float
):
    text = SAMPLES.get(language, SAMPLES["c"])
    for place, length, piece in edits:
        start = round(place * len(text))
        text = text[:start] + piece + text[start + length :]
    tree = SourceTree.parse(text, language)
    offset = round(where * len(text))

    block = tree.enclosing_block(offset)
    around = [tree.enclosing_statement(offset), tree.enclosing_definition(offset)]
    spans = [block, *(span for span in around if span)]
    spans += [(one.start, one.end) for one in tree.definitions()]
    spans += [(one.start, one.body_start or one.end) for one in tree.definitions()]
    spans += [(one.start, one.end) for one in tree.imports()]

    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert all("\n" not in one.name + one.signature + one.doc for one in tree.definitions())
    assert tree.zone(offset)
    assert tree.names_used(0, len(text)) | tree.names_defined() is not None


@pytest.mark.parametrize("language", SAMPLES)
def test_a_file_defines_and_imports_the_same_however_it_is_saved(language: str):
    text = SAMPLES[language]

    for saved in (text.replace("\n", "\r\n"), "\ufeff" + text, text.replace("    ", "\t")):
        assert summary(saved, language) == summary(text, language)


def summary(text: str, language: str) -> list[tuple[str, ...]]:
    tree = SourceTree.parse(text, language)
    defined = [(one.kind, one.name, one.signature, one.doc) for one in tree.definitions()]
    return [*defined, *((one.module, *one.names) for one in tree.imports())]


def test_an_edit_leaves_the_tree_it_started_from_as_it_was():
    tree = SourceTree.parse("def one():\n    pass\n", "python")
    edited = tree.edited(4, 7, "another")

    assert [one.name for one in tree.definitions()] == ["one"]
    assert [one.name for one in edited.definitions()] == ["another"]
    assert tree.edited(4, 7, "third").text == "def third():\n    pass\n"


def test_an_edit_in_a_large_text_is_understood_like_a_fresh_one():
    text = "def one(é):\n    return [é]  # ☕\n\n\n" * 3000
    place = text.index("[", len(text) // 2) + 1
    edited = SourceTree.parse(text, "python").edited(place, place, "é, *")

    assert nodes(edited) == nodes(SourceTree.parse(edited.text, "python"))


def test_offsets_count_characters():
    text = "☕ = 'é😀'\u2028\ndef naïve():\n    pass\n"
    tree = SourceTree.parse(text, "python")
    found = tree.definitions()[-1]

    assert found.name == "naïve"
    assert text[found.start : found.end] == "def naïve():\n    pass"
    assert found.body_start is not None
    assert text[found.body_start : found.end] == "pass"
    assert tree.enclosing_definition(len(text) - 3) == (found.start, found.end)


def nodes(tree: SourceTree) -> list[tuple[str, int, int, bool]]:
    """All nodes of a tree, as far as anything is seen of them."""
    found: list[tuple[str, int, int, bool]] = []
    unseen: list[tree_sitter.Node] = [tree.syntax.tree.root_node] if tree.syntax else []
    while unseen:
        node = unseen.pop()
        found.append((node.type, node.start_byte, node.end_byte, node.is_missing))
        unseen.extend(node.children)
    return found
