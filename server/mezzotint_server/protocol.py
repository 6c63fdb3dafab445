"""The LSP wire where pygls 2.1 leaves a gap: every request gets exactly one answer.

pygls does not answer requests that are malformed, come too early or come after ``shutdown``; it
ends the process at ``exit``, although others may be served by it; it sends tracebacks. Of what
requests are for, this knows only which of them may not be answered with ``null``.
"""

import logging
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, cast

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import RPCMessage

from mezzotint_server.capabilities import resolve_capabilities
from mezzotint_server.providers import Providers

_logger = logging.getLogger(__name__)

_DOCUMENT_SYNC = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
)

MessageId = int | str


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that cannot be handled, and why."""

    message_id: MessageId | None
    """``None`` for what wants no answer."""
    error: JsonRpcException


class Session(Protocol):
    """What of the server object the wire needs."""

    def hang_up(self) -> None:
        """Read no more: the client has said goodbye."""
        ...

    @property
    def providers(self) -> Providers:
        """What it may ask the client to ask for."""
        ...


class MezzotintProtocol(LanguageServerProtocol):
    """Answers what pygls would not, and leaves open documents to us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: dict[MessageId, str] = {}
        # pygls' own store ends lines where LSP does not: see documents.py.
        for method in _DOCUMENT_SYNC:
            del self._builtin[method]

    @property
    def _session(self) -> "Session":
        # pygls knows its own class only.
        return cast("Session", self._server)

    @property
    def _builtin(self) -> dict[str, object]:
        # pygls does not say what its dictionaries hold.
        return self.fm.builtin_features  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    @property
    def _features(self) -> dict[str, object]:
        # As above.
        return self.fm.features  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """As pygls has it, with the position encoding that our own documents use."""
        result = yield from super().lsp_initialize(params)
        encoding = resolve_capabilities(params.capabilities).encoding
        result.capabilities.position_encoding = encoding.value
        self._session.providers.take_over(
            params.capabilities, result.capabilities, self._converter.unstructure
        )
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        """Leave the process to those who started it."""
        self._session.hang_up()
        yield from ()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """As pygls has it, but what cannot be read becomes :class:`Refused`."""
        if "jsonrpc" not in data:
            return data
        try:
            return super().structure_message(data)
        except JsonRpcException:
            return self._refuse_unreadable(data)

    def handle_message(self, message: RPCMessage | Refused) -> None:
        """As pygls has it, after a look at whether the message may be handled at all."""
        refused = message if isinstance(message, Refused) else self._refuse_untimely(message)
        if refused is None:
            super().handle_message(cast("RPCMessage", message))
        elif refused.message_id is not None:
            error = JsonRpcInvalidRequest() if self._shutdown else refused.error
            self._send_response(refused.message_id, error=error.to_response_error())

    def _handle_request(self, msg_id: MessageId, method_name: str, params: Any) -> None:
        if self._knows(method_name):
            self._asked[msg_id] = method_name
        super()._handle_request(msg_id, method_name, params)

    def _send_handler_result(self, future: Future[Any], *, msg_id: MessageId) -> None:
        """As pygls has it, but a handler that fails has nothing to say."""
        method = self._asked.pop(msg_id, "")
        error = None if future.cancelled() else future.exception()
        if error is None or isinstance(error, JsonRpcException) or method == types.INITIALIZE:
            super()._send_handler_result(future, msg_id=msg_id)
            return
        _logger.error("%s failed: it is answered with nothing.", method, exc_info=error)
        self._request_futures.pop(msg_id, None)
        self._send_response(msg_id, result=_nothing(method))

    def _check_handler_result(self, future: Future[Any]) -> None:
        """The same for notifications, of which pygls would log no more than that one failed."""
        if not future.cancelled() and (error := future.exception()) is not None:
            _logger.error("A notification's handler failed.", exc_info=error)

    def _refuse_unreadable(self, data: dict[str, Any]) -> Refused:
        method = data.get("method")
        _logger.warning("A message cannot be read: %s.", method or "a response")
        if not isinstance(method, str):
            self._give_up_waiting(data.get("id"))
            return Refused(None, JsonRpcInvalidRequest())
        error = JsonRpcInvalidParams() if self._knows(method) else JsonRpcMethodNotFound.of(method)
        return Refused(data.get("id"), error)

    def _give_up_waiting(self, message_id: object) -> None:
        """The client's answer to a question of ours cannot be read, and there will be no other."""
        if isinstance(message_id, int | str) and message_id not in self._asked:
            waiting = self._request_futures.pop(message_id, None)
            if waiting is not None and not waiting.done():
                waiting.set_exception(JsonRpcInvalidRequest("The answer cannot be read."))

    def _refuse_untimely(self, message: object) -> Refused | None:
        """What comes before ``initialize`` or after ``shutdown``, or is no message at all."""
        if isinstance(message, dict) or not hasattr(message, "jsonrpc"):
            message_id = cast("dict[str, Any]", message).get("id") if message else None
            return Refused(message_id, JsonRpcInvalidRequest())
        method = getattr(message, "method", None)
        if method is None or method == types.EXIT:
            return None
        message_id = getattr(message, "id", None)
        if self._shutdown or (self._workspace is not None and method == types.INITIALIZE):
            return Refused(message_id, JsonRpcInvalidRequest())
        if self._workspace is None and method != types.INITIALIZE:
            return Refused(message_id, JsonRpcServerNotInitialized())
        return None

    def _knows(self, method: str) -> bool:
        return method in self._builtin or method in self._features


def _nothing(method: str) -> object:
    """What says that there is nothing, for this request."""
    if method == types.TEXT_DOCUMENT_INLINE_COMPLETION:
        # ``null`` leaves stale ghost text on Neovim's screen.
        return types.InlineCompletionList([])
    if method == types.TEXT_DOCUMENT_COMPLETION:
        return types.CompletionList(is_incomplete=False, items=[])
    return None
