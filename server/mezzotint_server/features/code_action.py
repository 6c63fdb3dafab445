"""``textDocument/codeAction``: what can be done with what is marked.

Editors ask whenever the cursor moves, so nothing here asks the model: an action is a command, and
the work is the command's (``rewriting.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from mezzotint_grammars.span import Span
from mezzotint_server.documents import Document
from mezzotint_server.features.rewriting import FILL_HOLES, REPAIR, REWRITE
from mezzotint_server.feedback import NO_INSTRUCTIONS
from mezzotint_server.rewriting.instruction import told_at_top
from mezzotint_server.rewriting.marked import RefusedError, Text, Vicinity, trimmed
from mezzotint_server.session import MezzotintServer

REFACTOR = f"{types.CodeActionKind.RefactorRewrite.value}.mezzotint"
QUICK_FIX = f"{types.CodeActionKind.QuickFix.value}.mezzotint"
OPTIONS = types.CodeActionOptions([REFACTOR, QUICK_FIX], resolve_provider=True)

ASK_INSTRUCTION = "mezzotint.askInstruction"
"""The editor's own command: it asks its user, and sends ``mezzotint.rewrite``."""
STRENGTHS = (
    ("Touch up", "touchUp", 0.2),
    ("Rework", "rework", 0.5),
    ("Rewrite freely", "rewriteFreely", 0.9),
)
_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class _Action:
    """One thing that can be done."""

    title: str
    kind: str
    command: str
    argument: dict[str, Any]
    diagnostic: types.Diagnostic | None = None
    reason: str = ""
    """Why it cannot be done just now, if so."""


async def code_action(
    server: MezzotintServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    """Nothing where nothing is marked and nobody asks."""
    document = server.documents.get(params.text_document.uri)
    if document is None or not server.settings_for(document).covers(document.language):
        return []
    text = Text.of(document)
    try:
        marked = text.span(params.range)
    except RefusedError:
        return []
    tokens = server.trees.long_tokens(text.document.uri)
    vicinity = await server.trees.run(lambda: Vicinity.of(text, marked, tokens))
    place = _Place(server, document, text, vicinity, marked, params)
    wanted = params.context.only or [""]
    actions = [it for it in place.actions() if any(_is_of(it.kind, kind) for kind in wanted)]
    if server.client.can_take_actions:
        return [place.written(it) for it in actions if not it.reason or place.shows_reasons]
    return [
        types.Command(it.title, it.command, arguments=[it.argument])
        for it in actions
        if not it.reason
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """What is marked in a document."""

    server: MezzotintServer
    document: Document
    text: Text
    vicinity: Vicinity
    marked: Span
    params: types.CodeActionParams

    @property
    def shows_reasons(self) -> bool:
        return self.server.client.can_show_disabled

    def actions(self) -> Iterator[_Action]:
        """What can be done here, what is most wanted first."""
        yield from map(self._repair_of, self.params.context.diagnostics)
        yield from self._fillings()
        is_asked = self.params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic
        has_marked = self.marked.start < self.marked.end
        region = self.vicinity.region(self.marked) if is_asked or has_marked else None
        if region is not None:
            yield from self._told(region)
            yield from self._renoised(region)

    def written(self, action: _Action) -> types.CodeAction:
        """As the editor takes it; one that comes back for its command carries it along."""
        client = self.server.client
        command = types.Command(action.title, action.command, arguments=[action.argument])
        is_later = client.can_resolve_commands and not action.reason
        return types.CodeAction(
            action.title,
            action.kind,
            diagnostics=[action.diagnostic] if action.diagnostic else None,
            disabled=types.CodeActionDisabled(action.reason) if action.reason else None,
            command=None if is_later or action.reason else command,
            data={"command": action.command, "argument": action.argument} if is_later else None,
            tags=[types.CodeActionTag.LlmGenerated] if client.can_mark_generated else None,
        )

    def _repair_of(self, diagnostic: types.Diagnostic) -> _Action:
        """What is said to be wrong is filled anew if that is within a line, else looked over."""
        title = f"Repair: {' '.join(diagnostic.message.split())}"
        title = title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1]}…"
        try:
            wrong = trimmed(self.text.text, self.text.span(diagnostic.range))
        except RefusedError:
            wrong = None
        is_piece = wrong is not None and "\n" not in self.text.text[wrong.start : wrong.end]
        if wrong is None or not is_piece:
            argument = self._argument(range=_wire(diagnostic.range))
            return _Action(title, f"{QUICK_FIX}.repair", REPAIR, argument, diagnostic)
        argument = self._argument(ranges=[_wire(self.text.range(wrong))])
        return _Action(title, f"{QUICK_FIX}.repair", FILL_HOLES, argument, diagnostic)

    def _fillings(self) -> Iterator[_Action]:
        found = self.vicinity.placeholders(self.marked)
        if found:
            title = "Fill the hole here" if len(found) == 1 else f"Fill all {len(found)} holes here"
            ranges = [_wire(self.text.range(span)) for span in found]
            yield _Action(title, f"{REFACTOR}.fillHoles", FILL_HOLES, self._argument(ranges=ranges))

    def _told(self, region: Span) -> Iterator[_Action]:
        """What a model does that reads what it is told."""
        settings = self.server.settings_for(self.document)
        reason = "" if settings.reads_instructions else NO_INSTRUCTIONS
        argument = self._argument(range=_wire(self.text.range(region)))
        kind = f"{REFACTOR}.instruction"
        told = told_at_top(self.text.text, region, self.document.language)
        if self.server.client.can_ask_for_instructions:
            title = "Rewrite with an instruction…"
            yield _Action(title, kind, ASK_INSTRUCTION, argument, reason=reason)
        elif told is not None:
            title = "Rewrite as the comment at the top says"
            yield _Action(title, kind, REWRITE, argument, reason=reason)
        for preset in settings.presets:
            own = {**argument, "instruction": preset.instruction}
            title = f"Rewrite: {preset.name}"
            yield _Action(title, f"{REFACTOR}.preset", REWRITE, own, reason=reason)

    def _renoised(self, region: Span) -> Iterator[_Action]:
        argument = self._argument(range=_wire(self.text.range(region)))
        for title, kind, strength in STRENGTHS:
            own = {**argument, "strength": strength}
            yield _Action(title, f"{REFACTOR}.{kind}", REWRITE, own)
        title = "Repair what is least likely"
        yield _Action(title, f"{REFACTOR}.repair", REPAIR, argument)

    def _argument(self, **where: object) -> dict[str, Any]:
        return {"uri": self.document.uri, "version": self.document.version, **where}


def _is_of(kind: str, wanted: str) -> bool:
    return not wanted or kind == wanted or kind.startswith(f"{wanted}.")


def _wire(marked: types.Range) -> dict[str, Any]:
    return {"start": _place(marked.start), "end": _place(marked.end)}


def _place(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
