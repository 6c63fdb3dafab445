"""Knows languages: which one a file is in, where its code ends and its strings begin, how it parses.

Imports nothing else of this project, no tensors and no editor protocol. To add a language: a folder
beside ``python/`` and a line in ``LANGUAGES``.
"""

import os
import re
from pathlib import Path, PurePath

from mezzotint_grammars.language import Language
from mezzotint_grammars.lexis import Lexis

__all__ = ["LANGUAGES", "Language", "Lexis", "language_for", "language_of_path", "language_of_text"]

LANGUAGES = tuple(
    Language.from_folder(Path(__file__).parent / folder)
    for folder in (
        "python",
        "javascript",
        "typescript",
        "tsx",
        "rust",
        "go",
        "java",
        "c",
        "cpp",
        "csharp",
        "ruby",
        "php",
        "bash",
        "html",
        "css",
        "json",
        "lua",
    )
)
"""Every language that is known."""

_BY_ID = {name: language for language in LANGUAGES for name in (language.id, *language.aliases)}
_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}
_ONLY_CPP = re.compile(
    r"^[ \t]*(?:(?:class|namespace|using|enum class)[ \t]+\w|template[ \t]*<|(?:public|private):)"
    r"|\bstd::",
    re.MULTILINE,
)


def language_for(language_id: str) -> Language | None:
    """The language with this LSP identifier, or ``None`` if it is not known."""
    return _BY_ID.get(language_id)


def language_of_path(path: str | PurePath) -> Language | None:
    """The language of a file, told by its name alone, or ``None`` if it is not known."""
    stem, dot, ending = os.path.basename(path).rpartition(".")  # noqa: PTH119 - a walk asks often
    return _BY_EXTENSION.get(dot + ending.lower()) if stem else None


def language_of_text(path: str | PurePath, text: str) -> str:
    """The identifier of the language of a file's text: headers of C++ are called as those of C."""
    language = language_of_path(path)
    if language is None:
        return "plaintext"
    is_header = language.id == "c" and PurePath(path).suffix == ".h"
    return "cpp" if is_header and _ONLY_CPP.search(text) else language.id
