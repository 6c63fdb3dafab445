"""Python, as far as the grammar of the ``tree-sitter-python`` package knows it (MIT)."""

import tree_sitter_python

from mezzotint_grammars.language import Language, Lexis

PYTHON = Language(
    id="python",
    extensions=(".py", ".pyi", ".pyw"),
    lexis=Lexis(line_comments=("#",), quotes=('"', "'"), long_quotes=('"""', "'''")),
    grammar=tree_sitter_python.language,
)
