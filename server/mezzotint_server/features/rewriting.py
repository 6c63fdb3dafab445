"""``mezzotint.rewrite``, ``mezzotint.repair``, ``mezzotint.fillHoles``: marked code made anew.

Each takes one object. ``uri`` and ``range`` say where, ``version`` of which version of the document
that is told; an empty range means what is around the cursor. What comes of it reaches the editor by
``workspace/applyEdit``; the commands themselves are answered with nothing.

- ``rewrite``: with a ``strength`` from 0 to 1, or an ``instruction``; without either, a comment at
  the top of the range is the instruction, and goes.
- ``repair``: what the model finds least likely in the range.
- ``fillHoles``: the placeholders in the range, or around the cursor; or exactly these ``ranges``.
"""

from collections.abc import Mapping
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from mezzotint_grammars.span import Span
from mezzotint_infill.hole import Freed, Rewrite
from mezzotint_server import feedback as say
from mezzotint_server.rewriting.instruction import told_at_top
from mezzotint_server.rewriting.marked import RefusedError, Text, Vicinity, apart
from mezzotint_server.rewriting.rewrite import Filling, Plan, Rewriting, carry_out
from mezzotint_server.session import MezzotintServer

REWRITE = "mezzotint.rewrite"
REPAIR = "mezzotint.repair"
FILL_HOLES = "mezzotint.fillHoles"

REPAIR_STRENGTH = 0.2
"""The share of a region that can be wrong before it is no repair any more."""
INSTRUCTION_STRENGTH = 1.0
"""Whoever says what to do wants all of it looked at; the model still reads what was there."""


async def rewrite(server: MezzotintServer, *arguments: object) -> None:
    """Change what is marked: a little, much, or as somebody says."""
    call = _Call(server, REWRITE, arguments)
    strength, instruction = call.number("strength"), call.words("instruction")
    if strength is not None and instruction is not None:
        raise JsonRpcInvalidParams(f"{REWRITE} takes a strength or an instruction, not both.")
    text, marked = call.text(), call.span()
    try:
        region = (await call.vicinity(marked)).region(marked)
        if region is None:
            raise RefusedError(say.NOTHING_THERE)
        if strength is not None:
            told = Rewrite(text.text[region.start : region.end], strength)
            plan = Rewriting("Rewrite", region, told)
        else:
            plan = _as_told(server, text, region, instruction)
    except RefusedError as problem:
        server.feedback.refuse(str(problem))
        return
    await carry_out(server, text, plan)


async def repair(server: MezzotintServer, *arguments: object) -> None:
    """Change what is least likely in what is marked."""
    call = _Call(server, REPAIR, arguments)
    text, marked = call.text(), call.span()
    region = (await call.vicinity(marked)).region(marked)
    if region is None:
        server.feedback.refuse(say.NOTHING_THERE)
        return
    unlikely = Rewrite(text.text[region.start : region.end], REPAIR_STRENGTH, Freed.LEAST_LIKELY)
    await carry_out(server, text, Rewriting("Repair", region, unlikely))


async def fill_holes(server: MezzotintServer, *arguments: object) -> None:
    """Fill several places together, each seeing the others."""
    call = _Call(server, FILL_HOLES, arguments)
    text = call.text()
    spans = call.spans()
    if spans is None:
        marked = call.span()
        spans = (await call.vicinity(marked)).placeholders(marked)
    if not spans:
        server.feedback.refuse(say.NO_PLACEHOLDERS)
        return
    await carry_out(server, text, Filling("Fill holes", spans))


def _as_told(server: MezzotintServer, text: Text, region: Span, instruction: str | None) -> Plan:
    """Raises :class:`RefusedError` where nobody says anything, or the model would not listen."""
    if not server.settings_for(text.document).reads_instructions:
        raise RefusedError(say.NO_INSTRUCTIONS)
    label = "Rewrite as told"
    if instruction is not None:
        old = text.text[region.start : region.end]
        return Rewriting(label, region, _told(old, instruction))
    told = told_at_top(text.text, region, text.document.language)
    if told is None:
        raise RefusedError(say.NO_INSTRUCTION)
    old = text.text[told.code.start : told.code.end]
    return Rewriting(label, told.code, _told(old, told.instruction), told.comment)


def _told(old: str, instruction: str) -> Rewrite:
    return Rewrite(old, INSTRUCTION_STRENGTH, instruction=instruction)


class _Call:
    """One command's arguments, read as they are asked for.

    What is wrong with them is said in the answer: :class:`JsonRpcInvalidParams` with a sentence.
    """

    def __init__(
        self, server: MezzotintServer, command: str, arguments: tuple[object, ...]
    ) -> None:
        self._server = server
        self._command = command
        if len(arguments) != 1 or not isinstance(arguments[0], Mapping):
            raise self._bad("takes one object")
        self._given = cast("Mapping[str, Any]", arguments[0])
        self._text = self._read_text()

    def text(self) -> Text:
        """The document, as it is now."""
        return self._text

    def span(self) -> Span:
        """What ``range`` marks."""
        return self._span(self._given.get("range"))

    def spans(self) -> tuple[Span, ...] | None:
        """What ``ranges`` mark, if there are such, in order and apart."""
        ranges = self._given.get("ranges")
        if ranges is None:
            return None
        if not isinstance(ranges, list | tuple) or not ranges:
            raise self._bad("takes a list of ranges")
        try:
            return apart(self._span(each) for each in cast("list[object]", ranges))
        except RefusedError as problem:
            raise JsonRpcInvalidParams(str(problem)) from None

    def number(self, name: str) -> float | None:
        """A share from 0 to 1."""
        value = self._given.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self._bad(f"takes a {name} from 0 to 1")
        return float(value)

    def words(self, name: str) -> str | None:
        """Some text that is not blank."""
        value = self._given.get(name)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self._bad(f"takes an {name} in words")
        return value

    async def vicinity(self, marked: Span) -> Vicinity:
        """The code around what is marked."""
        trees = self._server.trees
        tokens = trees.long_tokens(self._text.document.uri)
        return await trees.run(lambda: Vicinity.of(self._text, marked, tokens))

    def _read_text(self) -> Text:
        uri, version = self._given.get("uri"), self._given.get("version")
        if not isinstance(uri, str):
            raise self._bad("needs a uri")
        document = self._server.documents.get(uri)
        if document is None:
            raise JsonRpcInvalidParams(f"The document {uri} is not open.")
        if version is not None and version != document.version:
            raise JsonRpcInvalidParams(say.CHANGED_SINCE)
        return Text.of(document)

    def _span(self, value: object) -> Span:
        try:
            return self._text.span(_range(value))
        except RefusedError as problem:
            raise JsonRpcInvalidParams(str(problem)) from None
        except (KeyError, TypeError, ValueError):
            raise self._bad("needs a range, as the protocol writes it") from None

    def _bad(self, what: str) -> JsonRpcInvalidParams:
        return JsonRpcInvalidParams(f"{self._command} {what}.")


def _range(value: Any) -> types.Range:
    return types.Range(_position(value["start"]), _position(value["end"]))


def _position(value: Any) -> types.Position:
    line, character = value["line"], value["character"]
    if not (type(line) is type(character) is int and line >= 0 <= character):
        raise ValueError
    return types.Position(line, character)
