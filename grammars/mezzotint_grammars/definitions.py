"""What a text gives a name to: functions, classes, constants; with signature and first doc line.

Reads ``definitions.scm``. There ``@name`` is the name, ``@body`` what follows the signature,
``@doc`` a doc string inside, and any other capture the definition, named after its kind. Patterns
that share a ``@name`` are one definition: the outermost says where it starts and ends, the innermost
where its signature begins.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import tree_sitter

from mezzotint_grammars.docs import doc_before, first_line
from mezzotint_grammars.inside import inside_of
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax

_OWNERS = frozenset(["class", "interface", "implementation", "enum"])
_MEMBERS = {"function": "method", "variable": "field", "constant": "field"}
_SIGNATURE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing that has a name."""

    name: str
    kind: str
    """What it is: function, method, class, interface, implementation, enum, type, module, macro,
    constant, variable, field, key, rule or element."""
    start: int
    """Where it starts, with its decorators and ``export`` but without comments before it."""
    end: int
    body: Span | None
    """What is between its brackets or words, if it has such."""
    signature: str
    """What comes before the body, on one line."""
    doc: str
    """The first line of its documentation; may be empty."""


def definitions_of(syntax: Syntax, within: Span | None = None) -> tuple[Definition, ...]:
    """Every definition, or those that touch a piece; one that lies in another comes after it."""
    found = [_definition(syntax, parts) for parts in _parts(syntax, within)]
    found.sort(key=lambda definition: (definition.start, -definition.end))
    return tuple(_seen_from_outside(found))


@dataclass(slots=True)
class _Parts:
    """What the patterns that share a name have captured."""

    name: tree_sitter.Node
    kind: str = ""
    wholes: list[tree_sitter.Node] = field(default_factory=list[tree_sitter.Node])
    body: tree_sitter.Node | None = None
    doc: tree_sitter.Node | None = None

    def add(self, capture: str, node: tree_sitter.Node) -> None:
        if capture == "body":
            self.body = node
        elif capture == "doc":
            self.doc = node
        elif capture != "name":
            self.kind = self.kind or capture
            self.wholes.append(node)


def _parts(syntax: Syntax, within: Span | None) -> list[_Parts]:
    by_name: dict[int, _Parts] = {}
    for _, nodes in syntax.matches("definitions", within):
        name = nodes["name"][0]
        parts = by_name.setdefault(name.id, _Parts(name))
        for capture, captured in nodes.items():
            parts.add(capture, captured[0])
    return [parts for parts in by_name.values() if parts.wholes]


def _definition(syntax: Syntax, parts: _Parts) -> Definition:
    wholes = sorted(parts.wholes, key=lambda node: (node.start_byte, -node.end_byte))
    span = syntax.span(wholes[0])
    doc = syntax.text_of(parts.doc) if parts.doc else doc_before(syntax, wholes[0])
    return Definition(
        name=syntax.text_of(parts.name),
        kind=parts.kind,
        start=span.start,
        end=span.end,
        body=inside_of(syntax, parts.body) if parts.body else None,
        signature=_signature(syntax, wholes[-1], parts.body),
        doc=first_line(doc),
    )


def _signature(syntax: Syntax, whole: tree_sitter.Node, body: tree_sitter.Node | None) -> str:
    end = body.start_byte if body else whole.end_byte
    line = " ".join(_without_comments(syntax, whole.start_byte, end).split())
    line = re.sub(r"(?<=[(\[]) |,? (?=[)\]])", "", line)
    return (re.sub(r"\s*(:|=>)$", "", line) if body else line)[:_SIGNATURE_CHARS]


def _without_comments(syntax: Syntax, start: int, end: int) -> str:
    """The text between two bytes; comments can only be in the way if it has several lines."""
    pieces: list[bytes] = []
    if b"\n" in syntax.source[start:end]:
        comments = syntax.captures("zones", syntax.chars(start, end)).get("comment", [])
        for comment in comments:
            if start <= comment.start_byte < end:
                pieces.append(syntax.source[start : comment.start_byte])
                start = comment.end_byte
    return b" ".join([*pieces, syntax.source[start:end]]).decode("utf-8")


def _seen_from_outside(found: Iterable[Definition]) -> Iterable[Definition]:
    """The same without local variables; what lies directly in a class is its method or field."""
    around: list[Definition] = []
    for definition in found:
        while around and around[-1].end < definition.end:
            around.pop()
        owner = around[-1].kind if around else ""
        if definition.kind in ("variable", "constant") and owner in ("function", "method"):
            continue
        kind = _MEMBERS.get(definition.kind) if owner in _OWNERS else None
        told = replace(definition, kind=kind) if kind else definition
        around.append(told)
        yield told
