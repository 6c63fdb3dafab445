"""What a text takes from elsewhere.

Reads ``imports.scm``: ``@import`` is the statement, ``@module`` where it looks, ``@name`` what it
takes. Follows nothing: where a module lies is not known here.
"""

from dataclasses import dataclass, replace

from mezzotint_grammars.span import Span
from mezzotint_grammars.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Import:
    """One module that a statement names, and what is taken from it."""

    start: int
    end: int
    module: str
    """As it is written, without quotes; a relative one with its dots."""
    names: tuple[str, ...]
    """The names as the module has them; empty if it is taken as a whole, ``*`` for all of them."""

    def shifted(self, by: int) -> "Import":
        """The same, counted from ``by`` characters further ahead."""
        return replace(self, start=self.start + by, end=self.end + by)


def imports_of(syntax: Syntax) -> tuple[Import, ...]:
    """Every import, by where it starts; a statement with several modules is several imports."""
    names: dict[tuple[Span, str], list[str]] = {}
    for nodes in syntax.contents[1]:
        module = syntax.text_of(nodes["module"][0]).strip("\"'`<>")
        taken = names.setdefault((syntax.trimmed(nodes["import"][0]), module), [])
        for name in map(syntax.text_of, nodes.get("name", [])):
            if name not in taken:
                taken.append(name)
    return tuple(
        Import(span.start, span.end, module, tuple(taken))
        for (span, module), taken in sorted(names.items())
    )
