"""What is being rewritten in the documents of one editor, and the edits that it was asked to make.

One rewriting a document: a newer one takes the place of the older. Knows no engine and no wire.
"""

import logging
from collections.abc import Coroutine
from typing import Any

from mezzotint_server.documents import Document
from mezzotint_server.holes import with_line_feeds
from mezzotint_server.newest import NewestWins
from mezzotint_server.rewriting.moving import MovingPlaces
from mezzotint_server.rewriting.offer import Fate, Offer

_logger = logging.getLogger(__name__)


class Rewritings:
    """At most one for each document, each following the document's changes."""

    def __init__(self) -> None:
        self._newest = NewestWins()
        self._places: dict[str, MovingPlaces] = {}
        self._offers: dict[str, Offer] = {}

    async def run(self, uri: str, places: MovingPlaces, work: Coroutine[Any, Any, None]) -> None:
        """Do some work at some places of a document, unless something newer comes."""
        self._places[uri] = places
        try:
            await self._newest.run(uri, work)
        finally:
            if self._places.get(uri) is places:
                del self._places[uri]

    def offer(self, uri: str, offer: Offer) -> None:
        """The editor is asked to make an edit; what becomes of it, the next change tells."""
        self._offers[uri] = offer

    def follow(self, document: Document) -> None:
        """A document has changed."""
        uri = document.uri
        if (places := self._places.get(uri)) is not None:
            places.follow(document)
        if (offer := self._offers.get(uri)) is None:
            return
        offer.follow(with_line_feeds(document.text))
        if offer.fate is not Fate.OPEN:
            _logger.info("A rewriting was %s.", offer.fate.value)
            del self._offers[uri]

    def forget(self, uri: str) -> None:
        """The document is closed, or opened anew."""
        self._newest.drop(uri)
        self._offers.pop(uri, None)
