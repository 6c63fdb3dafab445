"""What the client can do, reduced once to the few facts that anyone here asks about."""

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability

from mezzotint_server.clients import (
    asks_for_instructions,
    replaces_rest_of_line,
    shows_drafts,
    takes_versioned_edits,
)
from mezzotint_server.positions import PositionEncoding, choose_encoding


@dataclass(frozen=True, slots=True)
class ClientCapabilities:
    """The client, as far as it concerns us."""

    can_show_progress: bool = False
    """It takes work-done progress that the server begins."""
    can_watch_files: bool = False
    """It takes a registration for files that change on disk."""
    can_tell_settings: bool = False
    """It answers ``workspace/configuration``."""
    can_announce_settings: bool = False
    """It takes a registration for settings that change."""
    encoding: PositionEncoding = PositionEncoding.UTF_16
    """What columns count, as agreed in ``initialize``."""
    can_show_ghost_text: bool = False
    """It asks for inline completions."""
    can_replace_rest_of_line: bool = False
    """It shows ghost text well that takes the place of what is left of its line."""
    can_show_drafts: bool = False
    """It shows how a fill settles."""
    can_read_markdown: bool = False
    """In the documentation of its menu's entries."""
    can_take_actions: bool = False
    """It shows code actions, not only commands."""
    can_resolve_commands: bool = False
    """It asks for a code action's command once the action is chosen."""
    can_show_disabled: bool = False
    """It shows code actions that cannot be chosen, and why."""
    can_mark_generated: bool = False
    """It shows which code actions ask a model."""
    can_ask_for_instructions: bool = False
    """It has a command that asks its user what to do, and sends that on."""
    can_version_edits: bool = False
    """It makes edits to the version of a document that they are for, and to no other."""
    can_annotate_edits: bool = False
    """It shows what an edit is for."""
    can_tell_edits: bool = False
    """It wants to know whether an edit is a refactoring."""


def resolve_capabilities(
    sent: types.ClientCapabilities, client: types.ClientInfo | None = None
) -> ClientCapabilities:
    """What of ``sent`` concerns us."""
    formats = get_capability(
        sent, "text_document.completion.completion_item.documentation_format", None
    )
    return ClientCapabilities(
        can_show_progress=bool(get_capability(sent, "window.work_done_progress", False)),
        can_watch_files=bool(
            get_capability(sent, "workspace.did_change_watched_files.dynamic_registration", False)
        ),
        can_tell_settings=bool(get_capability(sent, "workspace.configuration", False)),
        can_announce_settings=bool(
            get_capability(sent, "workspace.did_change_configuration.dynamic_registration", False)
        ),
        encoding=choose_encoding(get_capability(sent, "general.position_encodings", None)),
        can_show_ghost_text=bool(get_capability(sent, "text_document.inline_completion", False)),
        can_replace_rest_of_line=replaces_rest_of_line(client, sent.experimental),
        can_show_drafts=shows_drafts(sent.experimental),
        can_read_markdown=types.MarkupKind.Markdown in (formats or ()),
        can_take_actions=bool(
            get_capability(sent, "text_document.code_action.code_action_literal_support", False)
        ),
        can_resolve_commands="command"
        in (get_capability(sent, "text_document.code_action.resolve_support.properties") or ()),
        can_show_disabled=bool(
            get_capability(sent, "text_document.code_action.disabled_support", False)
        ),
        can_mark_generated=types.CodeActionTag.LlmGenerated
        in (get_capability(sent, "text_document.code_action.tag_support.value_set") or ()),
        can_ask_for_instructions=asks_for_instructions(sent.experimental),
        can_version_edits=takes_versioned_edits(client)
        or bool(get_capability(sent, "workspace.workspace_edit.document_changes", False)),
        can_annotate_edits=bool(
            get_capability(sent, "workspace.workspace_edit.change_annotation_support", False)
        ),
        can_tell_edits=bool(
            get_capability(sent, "workspace.workspace_edit.metadata_support", False)
        ),
    )
