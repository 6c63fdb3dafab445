"""What the index keeps of a file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.project.outline import (
    NO_OWNER,
    Outline,
    outline_of,
    outline_of_open,
)
from mezzotint_server.project.wire import from_line, names_in, to_line

SOURCE = '''\
import os
from .shapes import Circle, Square

LIMIT = 3


def area(shape: Circle) -> float:
    """How large it is."""
    def local():
        pass
    return 1.0


@frozen
class Canvas(
    Base
):
    size: int

    def draw(self, shape):
        # nothing yet
        pass
'''


def shown(outline: Outline) -> list[str]:
    """An entry a line: lines, what it belongs to, signature, doc."""
    owners = [entry.owner for entry in outline.entries]
    return [
        f"{entry.first_line}-{entry.last_line} "
        + ("" if owner == NO_OWNER else f"in {outline.entries[owner].name}: ")
        + entry.signature
        + (f"  # {entry.doc}" if entry.doc else "")
        for entry, owner in zip(outline.entries, owners, strict=True)
    ]


def test_definitions_that_others_can_refer_to() -> None:
    assert shown(outline_of(SOURCE, "python")) == [
        "3-3 LIMIT = 3",
        "6-10 def area(shape: Circle) -> float  # How large it is.",
        "13-21 class Canvas(Base)",
        "17-17 in Canvas: size: int",
        "19-21 in Canvas: def draw(self, shape)",
    ]


@pytest.mark.parametrize("start", range(24))
@pytest.mark.parametrize("length", [1, 2, 9])
def test_what_is_before_some_lines_is_told_from_what_is_in_and_after_them(
    start: int, length: int
) -> None:
    outline, lines = outline_of(SOURCE, "python"), range(start, start + length)
    own = outline.members(NO_OWNER)
    before, touching, after = outline.parted(lines)

    assert (*before, *touching, *after) == own
    assert touching == tuple(at for at in own if not outline.is_outside(at, lines))


def test_imports() -> None:
    imports = outline_of(SOURCE, "python").imports
    assert [(each.module, each.names) for each in imports] == [
        ("os", ()),
        (".shapes", ("Circle", "Square")),
    ]


def test_of_open_texts_the_words_of_every_block_are_kept() -> None:
    outline = outline_of_open("alpha = 1\n" + "\n" * 30 + "beta(alpha)\n", "python")
    assert outline.blocks == (frozenset({"alpha"}), frozenset({"alpha", "beta"}))
    assert outline.bound == {"alpha"}


ODD = ["\n", "\r", "\t", " ", "\x0c", "\u2028", "\ufeff", "é", "🦀", "\ud800", '"""', "(", "#"]
CODE = ["def f(x):", "class A:", "import a", "from . import b", "x = 1", "pass", "f("]
TEXTS = st.lists(st.sampled_from([*ODD, *CODE])).map("".join)


@given(TEXTS, st.sampled_from(["python", "plaintext"]))
def test_every_text_has_an_outline_that_survives_the_wire(text: str, language: str) -> None:
    outline = outline_of_open(text, language)
    line = to_line(outline)
    assert to_line(from_line(line)) == line
    assert line.count(b"\n") == 1
    assert names_in(line) == {entry.name for entry in outline.entries if entry.kind != "field"}
    lines = text.count("\n") + 1
    for position, entry in enumerate(outline.entries):
        assert 0 <= entry.first_line <= entry.last_line < lines
        assert NO_OWNER <= entry.owner < position


def test_a_reader_answers_for_what_may_be_read(
    tmp_path: Path,
    write: Callable[[Path, dict[str, str]], None],
    ask: Callable[..., list[bytes]],
) -> None:
    write(
        tmp_path,
        {
            ".mezzotintignore": "b.py\n",
            "a.py": "x = 1\r\ndef f(): pass\r\n",
            "b.py": "",
            "secrets.py": "",
            "c.unknown": "",
            "binary.py": "\0",
        },
    )
    names = ["a.py", "b.py", "secrets.py", "c.unknown", "binary.py", "gone.py"]
    roots, paths = [str(tmp_path)], [str(tmp_path / name) for name in names]
    first, *others = ask(do="read", roots=roots, paths=paths)
    assert shown(from_line(first)) == ["0-0 x = 1", "1-1 def f()"]
    assert others == [b"null\n"] * 5


def test_a_reader_says_why_an_open_text_is_not_shown(
    tmp_path: Path,
    write: Callable[[Path, dict[str, str]], None],
    ask: Callable[..., list[bytes]],
) -> None:
    write(tmp_path, {".gitignore": "a.py\n"})

    def answer(name: str | None, text: str) -> str | list[object]:
        path = None if name is None else str(tmp_path / name)
        [line] = ask(do="outline", roots=[str(tmp_path)], path=path, text=text, language="python")
        return json.loads(line)

    assert answer("a.py", "") == "ignored by git or .mezzotintignore"
    assert answer(".env", "") == "looks as if it held secrets"
    assert answer(None, "-----BEGIN PRIVATE KEY-----") == "looks as if it held secrets"
    assert answer("b.py", "\0") == "not text"
    assert isinstance(answer(None, "x"), list)
