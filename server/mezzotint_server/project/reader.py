"""The process that walks folders, reads files and parses them: ``python -m ...project.reader``.

tree-sitter holds the interpreter's lock while it parses, and patterns and walks take their time;
none of it may hold up the editor's server. A question is a line of JSON on standard input; its
answers are lines on standard output, the last of them empty. It ends when its input does, so it never outlives the server.
"""

import gc
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mezzotint_grammars import language_of_path, language_of_text
from mezzotint_server.project.ignored import KnownRules
from mezzotint_server.project.outline import (
    outline_of,
    outline_of_odd,
    outline_of_open,
)
from mezzotint_server.project.readable import (
    plain,
    read_text,
    refusal_of,
    refusal_of_name,
    refusal_of_text,
)
from mezzotint_server.project.walk import walk
from mezzotint_server.project.wire import to_json, to_line

_logger = logging.getLogger(__name__)

FILES_A_LINE = 200
_NICENESS = 10
"""Whoever waits for something goes first."""
_ALLOCATIONS = 50_000
_NONE = to_json(None)


def main() -> None:
    """Answer until nobody asks any more."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # Parsing makes many small things and no circles of them, so there is little to look for.
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line of ``questions``; every line of an answer goes out at once."""
    for line in questions:
        question = json.loads(line)
        for answer in _ANSWERS[question["do"]](question):
            answers.write(answer)
            answers.flush()
        answers.write(b"\n")
        answers.flush()


def _walk(question: dict[str, Any]) -> Iterator[bytes]:
    """Lists of files."""
    near = tuple(map(Path, question["near"]))
    files = [(file.path, file.changed_ns, file.size) for file in walk(_roots(question), near)]
    for start in range(0, len(files), FILES_A_LINE):
        yield to_json(files[start : start + FILES_A_LINE])


def _read(question: dict[str, Any]) -> Iterator[bytes]:
    """For each path its outline, or ``null`` where it may not or cannot be read.

    Of those that a walk has just found, it has looked at names and patterns already.
    """
    known, found = KnownRules(_roots(question)), frozenset(question.get("found", ()))
    for name in question["paths"]:
        path = Path(name)
        try:
            yield _outline_of_file(path) if name in found or _is_allowed(path, known) else _NONE
        except Exception:  # one file that is odd hides no other
            _logger.exception("%s has no outline.", path.name)
            yield _NONE


def _is_allowed(path: Path, known: KnownRules) -> bool:
    rules = known.of(path.parent)
    return rules is not None and refusal_of_name(path.name, rules) is None


def _outline_of_file(path: Path) -> bytes:
    if language_of_path(path) is None or path.is_symlink():
        return _NONE
    text = read_text(path)
    if not isinstance(text, str):
        return _NONE
    return to_line(outline_of(text, language_of_text(path, text)))


def _outline(question: dict[str, Any]) -> Iterator[bytes]:
    """The outline of an open text with its words, or why it is not shown."""
    path, text = question["path"], question["text"]
    refusal = refusal_of_text(text)
    if refusal is None and path is not None:
        refusal = refusal_of(Path(path), _roots(question))
    if refusal is not None:
        yield to_json(refusal.value)
        return
    text = plain(text)
    try:
        yield to_line(outline_of_open(text, question["language"]))
    except Exception:  # its words are still worth something
        _logger.exception("An open document has no outline.")
        yield to_line(outline_of_odd(text, question["language"]))


def _roots(question: dict[str, Any]) -> tuple[Path, ...]:
    return tuple(map(Path, question["roots"]))


_ANSWERS = {"walk": _walk, "read": _read, "outline": _outline}


if __name__ == "__main__":
    main()
