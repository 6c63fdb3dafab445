"""Which requests the editor may send: registered once there is a model, withdrawn when there is none.

So a server without a model is quiet. A client that takes no registrations is told in ``initialize``
what there is, once and for all, and gets empty answers instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from mezzotint_server.status import Kind, Standing


@dataclass(frozen=True, slots=True)
class _Provider:
    """One request, and where both sides say in ``initialize`` that they know it."""

    method: str
    of_client: str
    of_server: str


_PROVIDERS = (
    _Provider(
        types.TEXT_DOCUMENT_INLINE_COMPLETION, "inline_completion", "inline_completion_provider"
    ),
    _Provider(types.TEXT_DOCUMENT_COMPLETION, "completion", "completion_provider"),
    _Provider(types.TEXT_DOCUMENT_CODE_ACTION, "code_action", "code_action_provider"),
)


class Providers:
    """What the editor has been told that it may ask."""

    def __init__(
        self,
        register: Callable[[types.RegistrationParams], object],
        unregister: Callable[[types.UnregistrationParams], object],
    ) -> None:
        self._register = register
        self._unregister = unregister
        self._registrations: list[types.Registration] = []
        self._are_registered = False

    def take_over(
        self,
        client: types.ClientCapabilities,
        offer: types.ServerCapabilities,
        unstructure: Callable[[object], Any],
    ) -> None:
        """Leave out of ``offer`` what this client lets us register when the time comes."""
        for provider in _PROVIDERS:
            options = getattr(offer, provider.of_server)
            path = f"text_document.{provider.of_client}.dynamic_registration"
            if options is not None and get_capability(client, path, False):
                setattr(offer, provider.of_server, None)
                self._registrations.append(_registration(provider.method, unstructure(options)))

    def follow(self, standing: Standing) -> None:
        """Register or withdraw; while things are on their way, all stays as it is."""
        if standing.kind in (Kind.READY, Kind.BUSY):
            self._offer()
        elif standing.kind is Kind.UNAVAILABLE:
            self._withdraw()

    def _offer(self) -> None:
        if self._registrations and not self._are_registered:
            self._are_registered = True
            self._register(types.RegistrationParams(self._registrations))

    def _withdraw(self) -> None:
        if self._are_registered:
            self._are_registered = False
            withdrawn = [types.Unregistration(it.id, it.method) for it in self._registrations]
            self._unregister(types.UnregistrationParams(withdrawn))


def _registration(method: str, options: Any) -> types.Registration:
    own: dict[str, Any] = {} if options is True else options
    # No selector of our own: the client's configuration says which documents are for us.
    return types.Registration(f"mezzotint:{method}", method, {"documentSelector": None, **own})
