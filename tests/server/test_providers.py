"""What the client may ask, and when it is told."""

from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from mezzotint_server.providers import Providers
from mezzotint_server.status import Kind, Standing

DYNAMIC = types.InlineCompletionClientCapabilities(dynamic_registration=True)
STATIC = types.InlineCompletionClientCapabilities()


class Asked:
    """A client that has said what it can, and what it was asked to register."""

    def __init__(self, inline_completion: types.InlineCompletionClientCapabilities | None) -> None:
        self.said: list[Any] = []
        self.offer = types.ServerCapabilities(
            inline_completion_provider=types.InlineCompletionOptions(),
            completion_provider=types.CompletionOptions(resolve_provider=True),
        )
        self.providers = Providers(self.said.append, self.said.append)
        text = types.TextDocumentClientCapabilities(inline_completion=inline_completion)
        client = types.ClientCapabilities(text_document=text)
        self.providers.take_over(client, self.offer, get_converter().unstructure)

    def follow(self, *kinds: Kind) -> None:
        for kind in kinds:
            self.providers.follow(Standing(kind, ""))


def test_a_client_that_takes_registrations_gets_one_when_there_is_a_model() -> None:
    asked = Asked(DYNAMIC)
    assert asked.offer.inline_completion_provider is None
    assert asked.offer.completion_provider is not None
    asked.follow(Kind.STARTING, Kind.LOADING)
    assert asked.said == []
    asked.follow(Kind.READY, Kind.BUSY, Kind.DEGRADED, Kind.READY)
    [registered] = asked.said
    [registration] = registered.registrations
    assert registration.method == "textDocument/inlineCompletion"
    assert registration.register_options == {"documentSelector": None}


def test_it_is_withdrawn_when_there_is_none_and_comes_back_with_the_next() -> None:
    asked = Asked(DYNAMIC)
    asked.follow(Kind.UNAVAILABLE, Kind.READY, Kind.UNAVAILABLE, Kind.UNAVAILABLE, Kind.LOADING)
    [registered, withdrawn] = asked.said
    assert withdrawn.unregisterations == [
        types.Unregistration(registered.registrations[0].id, registered.registrations[0].method)
    ]
    asked.follow(Kind.READY)
    assert asked.said[2:] == [registered]


@pytest.mark.parametrize("inline_completion", [None, STATIC])
def test_a_client_that_takes_none_is_told_at_once_and_nothing_later(
    inline_completion: types.InlineCompletionClientCapabilities | None,
) -> None:
    asked = Asked(inline_completion)
    assert asked.offer.inline_completion_provider == types.InlineCompletionOptions()
    asked.follow(Kind.READY, Kind.UNAVAILABLE)
    assert asked.said == []


def test_options_go_along_with_a_registration() -> None:
    said: list[types.RegistrationParams] = []
    offer = types.ServerCapabilities(
        completion_provider=types.CompletionOptions(trigger_characters=["."])
    )
    completion = types.CompletionClientCapabilities(dynamic_registration=True)
    text = types.TextDocumentClientCapabilities(completion=completion)
    providers = Providers(said.append, lambda _: None)
    providers.take_over(
        types.ClientCapabilities(text_document=text), offer, get_converter().unstructure
    )
    providers.follow(Standing(Kind.READY, ""))
    [registration] = said[0].registrations
    assert registration.register_options == {"documentSelector": None, "triggerCharacters": ["."]}
