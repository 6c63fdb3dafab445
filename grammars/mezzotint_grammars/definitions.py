"""What a text gives a name to: functions, classes, constants; with signature and first doc line.

Reads ``definitions.scm``. There ``@name`` is the name, ``@body`` what follows the signature,
``@doc`` a doc string inside, ``@outer`` what the definition is wrapped in, such as its decorators,
and any other capture the definition itself, named after its kind; those with an underscore serve the
patterns alone. Patterns that share a ``@name`` are one definition.
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
_VAGUE = frozenset(["", "variable", "type", "field"])
"""Kinds that give way to another pattern's."""
_SIGNATURE_CHARS = 240
_ROUNDED = re.compile(r"(?<=[(\[]) |,? (?=[)\]])")
"""White space and commas that only several lines need."""
_OPENING = re.compile(r"(\s*([:{(\[=]|=>))+$")
_ENDING = re.compile(r"\s+end$")


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

    def shifted(self, by: int) -> "Definition":
        """The same, counted from ``by`` characters further ahead."""
        body = self.body.shifted(by) if self.body else None
        return replace(self, start=self.start + by, end=self.end + by, body=body)


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
        elif capture != "name" and not capture.startswith("_"):
            self.wholes.append(node)
            if capture != "outer" and self.kind in _VAGUE:
                self.kind = capture


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
    start, end = syntax.trimmed(wholes[0])
    body = inside_of(syntax, parts.body) if parts.body else None
    if parts.doc:
        doc = syntax.text_of(parts.doc)
    else:
        doc = doc_before(syntax.text, start, syntax.language.lexis)
    return Definition(
        name=" ".join(syntax.text_of(parts.name).split()),
        kind=parts.kind,
        start=start,
        end=end,
        body=body,
        signature=_signature(syntax, wholes[-1], body),
        doc=first_line(doc),
    )


def _signature(syntax: Syntax, whole: tree_sitter.Node, body: Span | None) -> str:
    end = syntax.offsets.byte_of(body.start) if body else whole.end_byte
    text = syntax.source[whole.start_byte : end].decode("utf-8", errors="ignore")
    if "\n" in text:
        text = _without_comments(syntax, whole.start_byte, end)
        text = _ROUNDED.sub("", " ".join(text.split()))
    return (_OPENING if body else _ENDING).sub("", text.strip())[:_SIGNATURE_CHARS]


def _without_comments(syntax: Syntax, start: int, end: int) -> str:
    """The text between two bytes without the comments, which would hide the rest of one line."""
    pieces: list[bytes] = []
    comments = syntax.captures("zones", syntax.chars(start, end)).get("comment", [])
    for comment in comments:
        if start <= comment.start_byte < end:
            pieces.append(syntax.source[start : comment.start_byte])
            start = comment.end_byte
    return b" ".join([*pieces, syntax.source[start:end]]).decode("utf-8", errors="ignore")


def _seen_from_outside(found: Iterable[Definition]) -> Iterable[Definition]:
    """The same without local variables; what lies directly in a class is its method or field."""
    around: list[Definition] = []
    for definition in found:
        while around and not _holds(around[-1], definition):
            around.pop()
        owner = around[-1].kind if around else ""
        if definition.kind in ("variable", "constant") and owner in ("function", "method"):
            continue
        kind = _MEMBERS.get(definition.kind) if owner in _OWNERS else None
        told = replace(definition, kind=kind) if kind else definition
        around.append(told)
        yield told


def _holds(outer: Definition, inner: Definition) -> bool:
    """Whether one lies in the other; two names of one statement do not."""
    return inner.end <= outer.end and (inner.start, inner.end) != (outer.start, outer.end)
