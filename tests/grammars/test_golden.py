"""Each language by example: marked-up source in, what is told about it out.

The files in ``golden/`` are named after the folders of the languages. A case has a title, a source,
and after ``--`` what is expected: a line for every definition, ``kind name: signature | doc``; for
every import; for the names that are used and not defined; and for each ``‸`` in the source the zone
(with the language, where it is another one), then block, statement and definition around it. Of
those first and last line are shown, ``*`` is the whole text and ``-`` is nothing.
"""

from pathlib import Path

import pytest

from mezzotint_grammars import LANGUAGES, Language
from mezzotint_grammars.source_tree import SourceTree, Span

GOLDEN = Path(__file__).parent / "golden"


def cases() -> list[object]:
    """Every case of every file."""
    return [
        pytest.param(language, *case.partition("\n--\n")[::2], id=f"{name}: {title}")
        for language in LANGUAGES
        for name in [language.folders[-1].name]
        for part in ("\n" + (GOLDEN / f"{name}.txt").read_text("utf-8")).split("\n== ")[1:]
        for title, _, case in [part.partition("\n")]
    ]


@pytest.mark.parametrize(("language", "source", "expected"), cases())
def test_a_text_is_understood(language: Language, source: str, expected: str):
    assert told(language.id, source) == expected.splitlines()


def told(language: str, marked: str) -> list[str]:
    """What a tree tells about a text, in the notation of the golden files."""
    first, *rest = marked.split("‸")
    text, places = first, list[int]()
    for piece in rest:
        places.append(len(text))
        text += piece
    tree = SourceTree.parse(text, language)
    unknown = sorted(tree.names_used(0, len(text)) - tree.names_defined())
    return [
        *(f"{d.kind} {d.name}: {d.signature} | {d.doc}".rstrip(" |") for d in tree.definitions()),
        *(f"import {i.module}: {', '.join(i.names)}".rstrip(": ") for i in tree.imports()),
        *([f"unknown {', '.join(unknown)}"] if unknown else []),
        *(place_told(tree, offset) for offset in places),
    ]


def place_told(tree: SourceTree, offset: int) -> str:
    language = tree.language_at(offset)
    zone = tree.zone(offset).value + (f" ({language})" if language != tree.language_id else "")
    around = (tree.enclosing_block, tree.enclosing_statement, tree.enclosing_definition)
    return " ; ".join([f"‸ {zone}", *(drawn(tree.text, find(offset)) for find in around)])


def drawn(text: str, span: Span | None) -> str:
    if span is None:
        return "-"
    if span == (0, len(text)):
        return "*"
    lines = text[span.start : span.end].strip().splitlines() or [""]
    return lines[0] if len(lines) == 1 else f"{lines[0]} … {lines[-1].strip()}"
