"""An outline as a line: made in a reader's process, kept as such, and taken apart when it is used.

First the outline in JSON, then the names that it is found by, each behind a tab: neither JSON nor a
name has any, and so nobody who only looks for names takes apart the rest.
"""

import json
from functools import lru_cache

from mezzotint_grammars.offsets import utf8
from mezzotint_server.project.outline import Entry, ImportedNames, Outline

_SILENT_KINDS = frozenset({"field"})
"""Not worth looking up by name: everybody has a ``name`` and an ``id``."""
_TO_JSON = json.JSONEncoder(separators=(",", ":"))


def to_json(answer: object) -> bytes:
    """An answer that is no outline."""
    return _TO_JSON.encode(answer).encode() + b"\n"


def to_line(outline: Outline) -> bytes:
    """All of an outline."""
    told = (
        outline.language,
        outline.entries,
        outline.imports,
        [sorted(block) for block in outline.blocks],
        sorted(outline.bound),
    )
    names = {entry.name for entry in outline.entries if entry.kind not in _SILENT_KINDS}
    return utf8("\t".join((_TO_JSON.encode(told), *sorted(names)))) + b"\n"


@lru_cache(maxsize=256)
def from_line(line: bytes) -> Outline:
    """The reverse of :func:`to_line`; trusts the sender, which is a process of ours."""
    told, _, _ = line.partition(b"\t")
    language, entries, imports, blocks, bound = json.loads(told)
    return Outline(
        language,
        tuple(map(Entry._make, entries)),
        tuple(ImportedNames(module, tuple(names)) for module, names in imports),
        tuple(map(frozenset, blocks)),
        frozenset(bound),
    )


def names_in(line: bytes) -> frozenset[str]:
    """The names that other code may know what is in the outline by."""
    _, *names = line.decode().removesuffix("\n").split("\t")
    return frozenset(names)


def is_outline(line: bytes) -> bool:
    """Whether an answer is one, and not a reason why there is none."""
    return line.startswith(b"[")
