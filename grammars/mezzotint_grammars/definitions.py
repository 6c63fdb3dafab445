"""What a text gives a name to: functions, classes, constants; with signature and first doc line.

Reads ``definitions.scm``. There ``@name`` is the name, ``@body`` what follows the signature,
``@doc`` a doc string inside, ``@outer`` what the definition is wrapped in, such as its decorators,
and any other capture the definition itself, named after its kind; those with an underscore serve the
patterns alone. Patterns that share a ``@name`` are one definition.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import tree_sitter

from mezzotint_grammars.docs import doc_before, first_line
from mezzotint_grammars.inside import opening_end
from mezzotint_grammars.lexis import comment_marks
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Nodes, Syntax

_OWNERS = frozenset(["class", "interface", "implementation", "enum"])
_MEMBERS = {"function": "method", "variable": "field", "constant": "field"}
_VAGUE = frozenset(["", "variable", "type", "field"])
"""Kinds that give way to another pattern's."""
_Bytes = tuple[int, int]
_NOTHING: _Bytes = (0, 0)
_SIGNATURE_CHARS = 240
_SIGNATURE_BYTES = 4_000
"""More are not looked at: a table of a thousand lines is one assignment."""
_ROUNDED = re.compile(r"(?<=[(\[]) |,? (?=[)\]])")
"""White space and commas that only several lines need."""
_OPENERS = (":", "{", "(", "[", "=", "=>")
_ENDING = re.compile(r"\s+end$")


class Definition(NamedTuple):
    """One thing that has a name."""

    name: str
    kind: str
    """What it is: function, method, class, interface, implementation, enum, type, module, macro,
    constant, variable, field, key, rule or element."""
    start: int
    """Where it starts, with its decorators and ``export`` but without comments before it."""
    end: int
    body_start: int | None
    """Where its body does, behind the bracket that opens it; ``None`` if it has none."""
    signature: str
    """What comes before the body, on one line."""
    doc: str
    """The first line of its documentation; may be empty."""

    def shifted(self, by: int) -> "Definition":
        """The same, counted from ``by`` characters further ahead."""
        body_start = None if self.body_start is None else self.body_start + by
        return self._replace(start=self.start + by, end=self.end + by, body_start=body_start)


def definitions_of(syntax: Syntax, within: Span | None = None) -> tuple[Definition, ...]:
    """Every definition, or those that touch a piece; one that lies in another comes after it."""
    if within is None:
        return _definitions(syntax, _parts(syntax.contents[0]))
    return _definitions(syntax, _parts(nodes for _, nodes in syntax.matches("definitions", within)))


def definitions_alone(syntax: Syntax) -> tuple[Definition, ...]:
    """Every definition of a text that nobody will ask for its imports.

    Whoever never asks for those is spared the query for both, which takes long to compile.
    """
    return _definitions(syntax, _parts(nodes for _, nodes in syntax.matches("definitions")))


def _definitions(syntax: Syntax, found: list["_Parts"]) -> tuple[Definition, ...]:
    found.sort(key=lambda parts: _from_outside(parts.whole))
    return tuple(_definition(syntax, parts, kind) for parts, kind in _seen_from_outside(found))


@dataclass(slots=True)
class _Parts:
    """What the patterns that share a name have captured."""

    name: tree_sitter.Node
    kind: str = ""
    whole: _Bytes = _NOTHING
    """All of it, with what it is wrapped in."""
    itself: _Bytes = _NOTHING
    """It without what it is wrapped in."""
    body: tree_sitter.Node | None = None
    doc: tree_sitter.Node | None = None

    def add(self, nodes: Nodes) -> None:
        """Take in what one pattern has captured."""
        for capture, captured in nodes.items():
            if capture == "body":
                self.body = captured[0]
            elif capture == "doc":
                self.doc = captured[0]
            elif capture != "name" and capture[0] != "_":
                self._reach(captured[0].byte_range)
                if capture != "outer" and self.kind in _VAGUE:
                    self.kind = capture

    def _reach(self, place: _Bytes) -> None:
        """It, or something around it, is here."""
        if self.whole is _NOTHING:
            self.whole = self.itself = place
        elif place != self.itself:
            self.whole = min(self.whole, place, key=_from_outside)
            self.itself = max(self.itself, place, key=_from_outside)


def _parts(matches: Iterable[Nodes]) -> list[_Parts]:
    by_name: dict[int, _Parts] = {}
    for nodes in matches:
        name = nodes["name"][0]
        parts = by_name.get(name.id)
        if parts is None:
            parts = by_name[name.id] = _Parts(name)
        parts.add(nodes)
    return [parts for parts in by_name.values() if parts.whole is not _NOTHING]


def _from_outside(place: _Bytes) -> _Bytes:
    return place[0], -place[1]


def _definition(syntax: Syntax, parts: _Parts, kind: str) -> Definition:
    span = syntax.trimmed_chars(*parts.whole)
    body = None if parts.body is None else _body_start(syntax, parts.body)
    if parts.doc:
        doc = syntax.text_of(parts.doc)
    else:
        doc = doc_before(syntax.text, span.start, syntax.language.lexis)
    return Definition(
        " ".join(syntax.text_of(parts.name).split()),
        kind,
        span.start,
        span.end,
        None if body is None else syntax.offsets.char_of(body),
        _signature(syntax, parts.itself, body),
        first_line(doc),
    )


def _body_start(syntax: Syntax, body: tree_sitter.Node) -> int:
    """The byte where the first thing in a body may be."""
    return body.start_byte if syntax.language.indented else opening_end(body)


def _signature(syntax: Syntax, itself: _Bytes, body: int | None) -> str:
    start, end = itself
    end = min(end if body is None else body, start + _SIGNATURE_BYTES)
    text = syntax.source[start:end].decode("utf-8", errors="ignore")
    if "\n" in text:
        if any(map(text.__contains__, comment_marks(syntax.language.lexis))):
            text = _without_comments(syntax, start, end)
        text = " ".join(text.split())[: 4 * _SIGNATURE_CHARS]
        if "( " in text or "[ " in text or " )" in text or " ]" in text:
            text = _ROUNDED.sub("", text)
    text = _without_end(text.strip()) if body is None else _without_openers(text.strip())
    return text[:_SIGNATURE_CHARS]


def _without_openers(text: str) -> str:
    while text.endswith(_OPENERS):
        text = text[: -2 if text.endswith("=>") else -1].rstrip()
    return text


def _without_end(text: str) -> str:
    return _ENDING.sub("", text) if text.endswith("end") else text


def _without_comments(syntax: Syntax, start: int, end: int) -> str:
    """The text between two bytes without the comments, which would hide the rest of one line."""
    pieces: list[bytes] = []
    comments = syntax.captures("zones", syntax.chars(start, end)).get("comment", [])
    for comment in sorted(comments, key=lambda node: node.start_byte):
        if start <= comment.start_byte < end:
            pieces.append(syntax.source[start : comment.start_byte])
            start = comment.end_byte
    return b" ".join([*pieces, syntax.source[start:end]]).decode("utf-8", errors="ignore")


def _seen_from_outside(found: Iterable[_Parts]) -> Iterator[tuple[_Parts, str]]:
    """The same without local variables, with kinds: directly in a class are methods and fields."""
    around: list[tuple[_Bytes, str]] = []
    for parts in found:
        place, kind = parts.whole, parts.kind
        while around and not _holds(around[-1][0], place):
            around.pop()
        owner = around[-1][1] if around else ""
        if kind in ("variable", "constant") and owner in ("function", "method"):
            continue
        if owner in _OWNERS:
            kind = _MEMBERS.get(kind, kind)
        around.append((place, kind))
        yield parts, kind


def _holds(outer: _Bytes, inner: _Bytes) -> bool:
    """Whether one lies in the other; two names of one statement do not."""
    return inner[1] <= outer[1] and inner != outer
