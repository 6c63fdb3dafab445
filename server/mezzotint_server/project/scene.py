"""One hole and all that is known around it: its own file, the names near it, what was shown last.

Looks things up in text and tables; decides nothing.
"""

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mezzotint_grammars import language_for
from mezzotint_grammars.lexis import tokens_of
from mezzotint_server.holes import with_line_feeds
from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.outline import Outline, words_in
from mezzotint_server.project.ranking import Key
from mezzotint_server.project.snippet import Reason, Viewpoint
from mezzotint_server.project.texts import OpenText, OpenTexts

NEAR, SEEN = 2.0, 1.0
"""What a name is worth that is used close to the hole, or some way around it."""
NEAR_LINES = 15
"""Lines before and after the hole whose names are asked about."""
SEEN_CHARS = 4_000
"""Text on each side of the hole whose names matter at all."""

_STRIDE = 500
_NAME = re.compile(r"(\.|->|::)?\b([^\W\d]\w{2,})")


@dataclass(frozen=True)
class Scene:
    """One hole."""

    view: Viewpoint
    around: str
    """The lines close to the hole."""
    near: frozenset[str]
    """Words close to the hole."""
    seen: frozenset[str]
    """Words some way around it."""
    own: OpenText | None
    """The hole's document."""
    index: WorkspaceIndex
    texts: OpenTexts
    roots: tuple[Path, ...]
    kept: frozenset[Key]
    """What was shown last; it stays a candidate."""

    @classmethod
    def of(
        cls,
        view: Viewpoint,
        index: WorkspaceIndex,
        texts: OpenTexts,
        roots: tuple[Path, ...],
        kept: Iterable[Key],
    ) -> "Scene":
        around = _around(view)
        near = words_in(around)
        seen = near.union(*map(_words_in_stretch, _stretches(view)))
        own = texts.get(view.uri)
        return cls(view, around, near, seen, own, index, texts, roots, frozenset(kept))

    @property
    def outline(self) -> Outline | None:
        """The document's own."""
        return self.index.outline(self.own.key) if self.own is not None else None

    def kept_names(self, reason: Reason) -> frozenset[str]:
        return frozenset(name for kept, _, name in self.kept if kept is reason)

    def shown_path(self, path: str) -> str:
        """As people call it."""
        return _shown_path(path, self.roots)

    def closeness(self, names: Collection[str]) -> float:
        """How near to the hole the nearest of the names is used."""
        if not self.near.isdisjoint(names):
            return NEAR
        return 0.0 if self.seen.isdisjoint(names) else SEEN


def names_in(code: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names in some code, strings and comments left out, and those that follow a dot."""
    known = language_for(language)
    if known is not None:
        code = tokens_of(known.lexis).sub(_only_brackets, code)
    found = _NAME.findall(code)
    return (
        frozenset(name for dot, name in found if not dot),
        frozenset(name for dot, name in found if dot),
    )


def _only_brackets(token: re.Match[str]) -> str:
    return token[0] if token.lastgroup == "bracket" else " "


def _stretches(view: Viewpoint) -> tuple[str, str, str]:
    """The text some way around a hole, in pieces of which only one changes while a line is typed."""
    before, after = view.before, view.after
    # Rounded, as the first character would be another one with every key.
    first = -(-max(0, len(before) - SEEN_CHARS) // _STRIDE) * _STRIDE
    line = max(first, before.rfind("\n") + 1)
    return before[first:line], before[line:], after[:SEEN_CHARS]


@lru_cache(maxsize=16)
def _words_in_stretch(text: str) -> frozenset[str]:
    return words_in(text)


def _around(view: Viewpoint) -> str:
    before = with_line_feeds(view.before[-SEEN_CHARS:]).rsplit("\n", NEAR_LINES)[-NEAR_LINES:]
    after = with_line_feeds(view.after[:SEEN_CHARS]).split("\n", NEAR_LINES)[:NEAR_LINES]
    return "\n".join((*before, *after))


@lru_cache(maxsize=1024)
def _shown_path(path: str, roots: tuple[Path, ...]) -> str:
    folders = (f"{root}{os.sep}" for root in roots)
    inside = (path[len(each) :].replace(os.sep, "/") for each in folders if path.startswith(each))
    return next(inside, path)
