"""Where something is yet to be written: ``...``, ``todo!()``, ``pass  # TODO``, ``/* … */``.

Reads ``placeholders.scm``: ``@placeholder`` stands for code to come; ``@marked`` does so if a comment
beside or above it says that there is something to do. Comments that say nothing more than that, and
marks such as ``<HOLE>``, are told without a grammar. Placeholders with nothing between them are one.
"""

import re
from collections.abc import Iterable, Iterator

from mezzotint_grammars.lexis import comment_marks
from mezzotint_grammars.lines import line_at, line_before
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax
from mezzotint_grammars.zones import Zone, zone_at

_MARK = re.compile(r"<HOLE>|<#[^#\n]*#>|(?<!\w)_{3,}(?!\w)")
_DOTS = re.compile(r"^[ \t]*(\.\.\.|…)[ \t]*$", re.MULTILINE)
"""A line with nothing else; where the grammar knows them, it finds them as well."""
_TO_DO = re.compile(r"\b(?:TODO|FIXME)\b")
_SAYS_NOTHING = re.compile(
    r"\W*(?:(?:TODO|FIXME)\W*)?(?:your code(?: goes)? here|implement(?: me| this)?|to be implemented)?\W*",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"…|\.\.\.")


def placeholders_of(syntax: Syntax, within: Span) -> tuple[Span, ...]:
    """All that lie in a piece of the text, by where they start."""
    found = sorted(span for span in _all(syntax, within) if _holds(within, span))
    return tuple(_joined(syntax.text, found))


def marks_in(text: str, within: Span) -> tuple[Span, ...]:
    """The same in a text whose language is not known."""
    found = [Span(*match.span()) for match in _MARK.finditer(text, *within)]
    found += [Span(*match.span(1)) for match in _DOTS.finditer(text, *within)]
    return tuple(_joined(text, sorted(found)))


def _all(syntax: Syntax, within: Span) -> Iterator[Span]:
    nodes = syntax.captures("placeholders", within)
    stated = [syntax.trimmed(node) for node in nodes.get("placeholder", ())]
    marked = (syntax.trimmed(node) for node in nodes.get("marked", ()))
    stated += (span for span in marked if _is_to_do(syntax, span))
    yield from stated
    ends = {_line_end(syntax.text, span.end): span.end for span in stated}
    for node in syntax.captures("zones", within).get("comment", ()):
        span = syntax.trimmed(node)
        if _is_vague(syntax, span) and _stands_alone(syntax, span, ends):
            yield span
    for span in marks_in(syntax.text, within):
        if zone_at(syntax, span.start + 1) is Zone.CODE and not _goes_on(syntax, span):
            yield span


def _is_to_do(syntax: Syntax, span: Span) -> bool:
    """Whether a comment behind it on its line, or on the line above it, says so."""
    text = syntax.text
    if _TO_DO.search(text, span.end, _line_end(text, span.end)):
        return True
    above = line_before(text, line_at(text, span.start))
    if above is None or not text.startswith(
        comment_marks(syntax.language.lexis), above.content.start
    ):
        return False
    return bool(_TO_DO.search(text, above.content.start, above.content.end))


def _is_vague(syntax: Syntax, span: Span) -> bool:
    """Whether a comment says that something is missing, but not what."""
    comment = syntax.text[span.start : span.end]
    says_so = _ELLIPSIS.search(comment) or re.search(r"\w", comment)
    return bool(says_so and _SAYS_NOTHING.fullmatch(comment))


def _stands_alone(syntax: Syntax, span: Span, ends: dict[int, int]) -> bool:
    """Whether a comment has a line of its own, is set off from code, or follows a placeholder."""
    text = syntax.text
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    blocks = syntax.language.lexis.block_comments
    if not before.strip() or text.startswith(tuple(start for start, _ in blocks), span.start):
        return True
    stated = ends.get(_line_end(text, span.start))
    return stated is not None and not text[stated : span.start].strip()


def _goes_on(syntax: Syntax, span: Span) -> bool:
    """Whether dots belong to a list, as those of a C function's last parameter do."""
    text = syntax.text
    return text.startswith("...", span.start) and text[: span.start].rstrip().endswith(",")


def _joined(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last is not None and not text[last.end : max(last.end, span.start)].strip():
            last = Span(last.start, max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
