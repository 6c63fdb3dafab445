"""Which names are used and which are brought into being.

Reads ``names.scm``: ``@used`` is a name, ``@defined`` one that comes into being there, ``@member``
one that no scope defines, as after a dot. Knows no scopes.
"""

import re

from mezzotint_grammars.imports import Import
from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax


def names_used(syntax: Syntax, within: Span) -> frozenset[str]:
    """The names that are read in this piece."""
    captures = syntax.captures("names", within)
    other = {node.id for kind in ("defined", "member") for node in captures.get(kind, [])}
    inside = (
        (node, syntax.span(node)) for node in captures.get("used", []) if node.id not in other
    )
    return frozenset(
        syntax.text_of(node)
        for node, span in inside
        if within.start <= span.start and span.end <= within.end
    )


def names_defined(syntax: Syntax) -> frozenset[str]:
    """Every name that comes into being anywhere in the text: by definition, binding or import."""
    return frozenset(map(syntax.text_of, syntax.captures("names").get("defined", [])))


def names_imported(one: Import) -> frozenset[str]:
    """The names that an import brings in: those it lists, or the last part of the module's own."""
    listed = frozenset(one.names) - {"*"}
    return listed or frozenset([re.split(r"[/.:\\]", one.module)[-1]])
