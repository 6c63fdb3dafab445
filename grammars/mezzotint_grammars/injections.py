"""Code of one language inside of another, such as a script in HTML.

Reads ``injections.scm``: ``@content`` is such code, ``(#set! language "...")`` names its language,
and of several patterns that fit a place the first one holds.
"""

from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax


def injections_of(syntax: Syntax) -> tuple[tuple[Span, str], ...]:
    """Where there is other code, and the identifier of its language, by where it starts."""
    query = syntax.language.query("injections")
    if query.pattern_count == 0:
        return ()
    found: dict[Span, int] = {}
    for pattern, nodes in syntax.matches("injections"):
        span = syntax.span(nodes["content"][0])
        found[span] = min(pattern, found.get(span, pattern))
    return tuple(
        (span, query.pattern_settings(pattern)["language"] or "")
        for span, pattern in sorted(found.items())
    )
