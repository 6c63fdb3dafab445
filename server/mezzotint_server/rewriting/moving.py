"""Places of a document that are worked on while its user types on elsewhere in it.

Knows text and spans; what is done at these places, and how it ends, others know.
"""

from collections.abc import Callable, Iterable

from mezzotint_grammars.difference import difference
from mezzotint_grammars.span import Span
from mezzotint_server.documents import Document
from mezzotint_server.rewriting.marked import Text


class MovingPlaces:
    """Spans that keep to their text, whatever is changed around them.

    A change inside of one of them, or to one that is empty, makes an end of it.
    """

    def __init__(self, text: Text, spans: Iterable[Span]) -> None:
        self.text = text
        self.spans = tuple(spans)
        self.are_lost = False
        self._when_lost: Callable[[], object] = lambda: None

    def when_lost(self, stop: Callable[[], object]) -> None:
        """What to do when nothing can come of these places any more."""
        self._when_lost = stop

    def follow(self, document: Document) -> None:
        """The document has changed."""
        text = Text.of(document)
        start, end, new = difference(self.text.text, text.text)
        self.text = text
        if start == end and not new:
            return
        moved = [_moved(span, Span(start, end), len(new)) for span in self.spans]
        self.spans = tuple(span for span in moved if span is not None)
        if None in moved and not self.are_lost:
            self.are_lost = True
            self._when_lost()


def _moved(span: Span, changed: Span, length: int) -> Span | None:
    """Where a span is after a piece got another length; nothing if that touches its inside."""
    if span.start == span.end and changed.start <= span.start <= changed.end:
        return None
    if changed.end <= span.start:
        return span.shifted(length - (changed.end - changed.start))
    return span if changed.start >= span.end else None
