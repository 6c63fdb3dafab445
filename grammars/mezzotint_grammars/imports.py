"""What a text takes from elsewhere.

Reads ``imports.scm``: ``@import`` is the statement, ``@module`` where it looks, ``@name`` what it
takes. Of several ``@module`` one continues the other, with ``@joint`` between them; ``@relative``
is there where only the statement, not the module's name, tells that it is looked for beside the
file. Follows nothing: where a module lies is not known here.
"""

from typing import NamedTuple

from mezzotint_grammars.syntax import Nodes, Syntax


class Import(NamedTuple):
    """One module that a statement names, and what is taken from it."""

    start: int
    end: int
    module: str
    """As it is written, without quotes; a relative one with its dots, or ``./`` if it has none."""
    names: tuple[str, ...]
    """The names as the module has them; empty if it is taken as a whole, ``*`` for all of them."""

    def shifted(self, by: int) -> "Import":
        """The same, counted from ``by`` characters further ahead."""
        return self._replace(start=self.start + by, end=self.end + by)


def imports_of(syntax: Syntax) -> tuple[Import, ...]:
    """Every import, by where it starts; a statement with several modules is several imports."""
    names: dict[tuple[int, int, str], list[str]] = {}
    for nodes in syntax.contents[1]:
        start, end = nodes["import"][0].byte_range
        taken = names.setdefault((start, end, _module(syntax, nodes)), [])
        for name in map(syntax.text_of, nodes.get("name", ())):
            if (name := name.lstrip(":")) not in taken:  # Ruby's symbols
                taken.append(name)
    return tuple(
        Import(*syntax.trimmed_chars(start, end), module, tuple(taken))
        for (start, end, module), taken in sorted(names.items())
    )


def _module(syntax: Syntax, nodes: Nodes) -> str:
    parts = [syntax.text_of(node).strip("\"'`<>") for node in nodes["module"]]
    module = syntax.text_of(nodes["joint"][0]).join(parts) if "joint" in nodes else parts[0]
    return f"./{module}" if "relative" in nodes and not module.startswith(".") else module
