"""The names that a language gives to everybody, which no file defines or imports.

Reads ``given.txt`` in a language's folder. Where there is none, or where a name may come from
another file without being imported, nothing is known.
"""

from functools import cache
from pathlib import Path

from mezzotint_grammars import language_for


def given_names(language_id: str) -> frozenset[str]:
    """The names that need no definition; empty if that is not known of the language."""
    language = language_for(language_id)
    return _names(language.folders) if language else frozenset()


@cache
def _names(folders: tuple[Path, ...]) -> frozenset[str]:
    files = (folder / "given.txt" for folder in folders)
    texts = (file.read_text("utf-8") for file in files if file.exists())
    return frozenset(name for text in texts for name in text.split())
