"""What stands for code that is yet to be written: marked with ‹ and › where it is to be found."""

import re

import pytest

from mezzotint_grammars.source_tree import SourceTree
from mezzotint_grammars.span import Span

PYTHON = [
    "def f(x):\n    ‹...›\n",
    "def f(x): ‹...›\n",
    'def f(x):\n    """Say hello."""\n    ‹...›\n',
    "class A:\n    x: int = ‹...›\n\n    def f(self): return ‹...›\n",
    "def f(x):\n    ‹pass  # TODO›\n",
    "def f(x):\n    ‹pass›  # TODO: sort by age\n",
    "def f(x):\n    # TODO: sort by age\n    ‹pass›\n",
    "def f(x):\n    ‹# TODO\n    pass›\n",
    "def f(x):\n    ‹# your code here›\n",
    "def f(x):\n    ‹raise NotImplementedError  # TODO›\n",
    "x = f(‹<HOLE>›, ‹___›)\n",
    # Not placeholders:
    "try:\n    f()\nexcept E:\n    pass\n",
    "x: tuple[int, ...] = y[..., 0]\n",
    "x = 1  # TODO\nprint('...', '___', '<HOLE>')\n",
    "x = 1  # TODO: do this\n# TODO: do that\n# ---\n",
    "def f(x):\n    raise NotImplementedError\n",
]
OTHERS = [
    ("rust", 'fn f() -> u8 {\n    ‹todo!()›\n}\nfn g() {\n    ‹unimplemented!("x");›\n}\n'),
    ("rust", 'fn f() {\n    println!("todo!()");\n}\n'),
    ("c", "int f(int a) {\n    ‹/* … */›\n}\nint g(void) { ‹/* TODO */› }\n"),
    ("c", "int f(int a,\n    ...\n) { return a; } // TODO\n"),
    ("cpp", "int f() {\n  ‹// TODO: your code here›\n}\n"),
    ("go", 'func f() int {\n\t‹panic("TODO")›\n}\nfunc g() { panic("no") }\n'),
    ("go", "func f() {\n\t‹// ...›\n}\n"),
    ("javascript", "function f() {\n  ‹throw new Error('not implemented');›\n}\n"),
    ("javascript", "const a = [...b];\nthrow new Error('no');\n"),
    ("typescript", "function f(): number {\n  ‹throw new Error('TODO');›\n}\n"),
    ("java", 'class A { int f() { ‹throw new UnsupportedOperationException("TODO");› } }\n'),
    ("csharp", "class A { int F() { ‹throw new NotImplementedException();› } }\n"),
    ("csharp", "class A { int F() => ‹throw new NotImplementedException()›; }\n"),
    ("php", "<?php\nfunction f() {\n  ‹throw new Exception('TODO');›\n}\n"),
    ("ruby", "def f\n  ‹raise 'TODO'›\nend\n"),
    ("lua", "function f()\n  ‹error('TODO')›\nend\n"),
    ("shellscript", "f() {\n  ‹:  # TODO›\n}\ng() {\n  :\n}\n"),
    ("css", "a { ‹/* … */› }\n"),
    ("html", "<script>\nfunction f() {\n  ‹/* … */›\n}\n</script>\n<p>‹<!-- TODO -->›</p>\n"),
    ("no-such-language", "do this\n  ‹...›\nand ‹<#that#>›\n"),
]


@pytest.mark.parametrize(("language", "marked"), [*(("python", it) for it in PYTHON), *OTHERS])
def test_what_is_yet_to_be_written_is_found(language: str, marked: str):
    text = re.sub("[‹›]", "", marked)
    tree = SourceTree.parse(text, language)
    assert with_marks(text, tree.placeholders(Span(0, len(text)))) == marked


def test_only_what_lies_in_the_piece_is_found():
    text = "a = ...\nb = ...\nc = ...\n"
    tree = SourceTree.parse(text, "python")
    assert tree.placeholders(Span(8, 16)) == (Span(12, 15),)
    assert tree.placeholders(Span(8, 14)) == ()


def with_marks(text: str, spans: tuple[Span, ...]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}‹{text[start:end]}›{text[end:]}"
    return text
